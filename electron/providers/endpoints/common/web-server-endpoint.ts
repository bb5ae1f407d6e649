import { posix } from 'node:path';
import { due } from '#kit/in-slices.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { Material } from '../endpoint.ts';
import type { Piece } from './content.ts';
import { canMakeKeysIn } from './keys.ts';
import { managerOf, readManagersOf } from './managers.ts';
import { piecesFor } from './pieces.ts';
import { ServerEndpoint, type ServerView } from './server-endpoint.ts';

/** Where the configuration of such a server lies. */
interface ConfigurationPaths {
  /** The file that names all others. */
  main: string;
  /** All that were read. */
  files: Iterable<string>;
}

/** A server whose nodes have certificates and keys in PEM files that its configuration files name. */
export abstract class WebServerEndpoint<View extends ServerView> extends ServerEndpoint<View> {
  protected abstract configurationPaths(view: View): ConfigurationPaths;
  /** Directories that the settings name, where something of ours may lie, and the one for files of our own. */
  protected abstract givenDirectories(): { all: string[]; own: string | null };

  async nodes(): Promise<DiscoveredNode[]> {
    const view = await this.view();
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.keepView(view);
    await due();
    return view.nodes.map(({ node }) => ({
      ...node,
      managedBy: node.managedBy ?? managerOf(node, managers),
    }));
  }

  protected piecesFor(file: FileChange, material: Material): Promise<Piece[]> {
    return piecesFor(this.connection, file, material);
  }

  /** Where snapshots and keys may lie. A configuration that does not parse (any more) must not keep us from clearing up. */
  protected async directories(): Promise<string[]> {
    const view = await this.viewJustRead().catch(() => null);
    const { all, own } = this.givenDirectories();
    if (view === null) return all;
    const paths = [...this.configurationPaths(view).files];
    for (const { node } of view.nodes)
      for (const path of [node.certificatePath, node.keyPath]) if (path !== null) paths.push(path);
    const above = new Set([...all, ...paths.map((path) => posix.dirname(view.real(path)))]);
    return [...above].flatMap((directory) =>
      // files of our own lie one level deeper; their new key was made in the directory above it
      posix.basename(directory) === 'trustkeep' || directory === own
        ? [directory, posix.dirname(directory)]
        : [directory],
    );
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    const view = await this.viewJustRead();
    const directories = view.nodes.flatMap(({ node }) =>
      node.keyPath === null || node.notInstallable !== null ? [] : [posix.dirname(view.real(node.keyPath))],
    );
    const home = posix.dirname(view.real(this.configurationPaths(view).main));
    return canMakeKeysIn(this.connection, directories.length === 0 ? [home] : directories);
  }
}
