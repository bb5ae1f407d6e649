import { posix } from 'node:path';
import { due } from '#kit/in-slices.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { Material, RestoreReport } from '../endpoint.ts';
import type { Piece } from './content.ts';
import { FileEndpoint } from './file-endpoint.ts';
import { canMakeKeysIn } from './keys.ts';
import { managerOf, readManagersOf } from './managers.ts';
import { piecesFor } from './pieces.ts';

/** What was read of such a server at one moment. */
interface ServerView {
  nodes: readonly { node: DiscoveredNode }[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
}

/** Where the configuration of such a server lies. */
interface ConfigurationPaths {
  /** The file that names all others. */
  main: string;
  /** All that were read. */
  files: Iterable<string>;
}

/**
 * A web server whose configuration files name those of its certificates and keys, and which may die of a reload. What was
 * just read of it is kept for one question behind it, until something is done.
 */
export abstract class WebServerEndpoint<View extends ServerView> extends FileEndpoint {
  /** As `nodes` or `plan` has just read it; null: it was asked, or something was done since. */
  #justRead: View | null = null;
  /** How to start the server again should it die of what we do: set once it was seen running before a change. */
  #startCommand: string[] | null = null;

  /** What people call it, and a node of it. */
  protected abstract readonly words: { server: string; node: string };
  /** Everything, read now. */
  protected abstract view(): Promise<View>;
  protected abstract configurationPaths(view: View): ConfigurationPaths;
  /** Directories that the settings name, where something of ours may lie, and the one for files of our own. */
  protected abstract givenDirectories(): { all: string[]; own: string | null };

  protected get startCommand(): string[] | null {
    return this.#startCommand;
  }

  /** `view` is what the next question is answered from. */
  protected keepView(view: View): void {
    this.#justRead = view;
  }

  protected forgetView(): void {
    this.#justRead = null;
  }

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

  /** The node of this key that can be installed on. `node.missing`, `node.not-installable`. */
  protected chosenOf(view: View, nodeKey: string): View['nodes'][number] {
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen === undefined) {
      const { server, node } = this.words;
      throw new Failure(
        'node.missing',
        `${server} on ${this.connection.description} has no ${node} "${nodeKey}".`,
        { hint: 'Its addresses or names may have changed. Discover the nodes again.' },
      );
    }
    if (chosen.node.notInstallable !== null)
      throw new Failure('node.not-installable', chosen.node.notInstallable);
    return chosen;
  }

  protected piecesFor(file: FileChange, material: Material): Promise<Piece[]> {
    return piecesFor(this.connection, file, material);
  }

  override async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const snapshot = await super.snapshot(plan, tag);
    this.#startCommand = snapshot.startAgain ?? null;
    return snapshot;
  }

  override restore(snapshot: Snapshot): Promise<RestoreReport> {
    this.forgetView();
    this.#startCommand = snapshot.startAgain ?? null;
    return super.restore(snapshot);
  }

  override async discard(...what: Parameters<FileEndpoint['discard']>): Promise<void> {
    await super.discard(...what);
    this.#startCommand = null;
  }

  /** Where snapshots and keys may lie. A configuration that does not parse (any more) must not keep us from clearing up. */
  protected async directories(): Promise<string[]> {
    const view = await this.#viewJustRead().catch(() => null);
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
    const view = await this.#viewJustRead();
    const directories = view.nodes.flatMap(({ node }) =>
      node.keyPath === null || node.notInstallable !== null ? [] : [posix.dirname(view.real(node.keyPath))],
    );
    const home = posix.dirname(view.real(this.configurationPaths(view).main));
    return canMakeKeysIn(this.connection, directories.length === 0 ? [home] : directories);
  }

  async #viewJustRead(): Promise<View> {
    const view = this.#justRead ?? (await this.view());
    this.#justRead = null;
    return view;
  }
}
