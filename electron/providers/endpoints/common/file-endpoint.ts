import { allEnded } from '#kit/all-ended.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf, type OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection, NewFile } from '../../connections/connection.ts';
import type {
  Endpoint,
  MakesKeys,
  Material,
  NewKey,
  Powers,
  Restarted,
  Restarts,
  RestoreReport,
} from '../endpoint.ts';
import { chainsOnDisk } from './chains-on-disk.ts';
import { editedConfiguration } from './configuration-lines.ts';
import { contentHash, newFile, type Piece } from './content.ts';
import { makeDirectory, missingDirectories } from './directories.ts';
import { fileTurns } from './file-turns.ts';
import { makeKeyIn, refuseWrongPair, signOnTarget } from './keys.ts';
import { isOneOf, refuseAway, refuseGone, refuseOtherSnapshot } from './other-snapshot.ts';
import type { FileFacts } from './remembers.ts';
import { restoreSnapshot } from './restore-files.ts';
import { discardKept, isNoted, takeSnapshot } from './snapshot.ts';
import {
  type Drift,
  fileDrift,
  linkDrift,
  refuseDrift,
  refuseForeignContent,
  refuseOtherContent,
  sentencesOf,
} from './states.ts';
import type { EndpointTools } from './tools.ts';

/**
 * An endpoint whose certificate and key are files on a host: what is planned, compared, kept, written and put back is
 * files, directories and configuration lines. A sibling says where they are and what belongs into them.
 */
export abstract class FileEndpoint implements Endpoint, MakesKeys, Restarts {
  protected readonly connection: HostConnection;
  protected readonly tools: EndpointTools;

  constructor(connection: HostConnection, tools: EndpointTools) {
    this.connection = connection;
    this.tools = tools;
  }

  get powers(): Powers {
    return { makesKeys: this, restarts: this, runsScripts: null };
  }

  abstract probe(begins?: (check: CheckName) => void): Promise<ProbeReport>;
  abstract nodes(): Promise<DiscoveredNode[]>;
  abstract plan(nodeKey: string): Promise<InstallPlan>;
  abstract restart(): Promise<Restarted>;
  abstract canMakeKeys(nodeKey?: string): Promise<{ yes: boolean; why: string }>;

  /** What the plan says of where copies and keys lie. `plan.unreadable`. */
  protected abstract remembered(plan: InstallPlan): FileFacts;
  /** The new content of a file that holds a certificate or a key. */
  protected abstract piecesFor(file: FileChange, material: Material, plan: InstallPlan): Promise<Piece[]>;
  /** Directories in which something of ours may lie. */
  protected abstract directories(): Promise<string[]>;

  /** What drifted beside the plan's own files and links. Asked while those are compared. */
  protected furtherDrift(_plan: InstallPlan, _own: readonly OwnChange[]): Promise<Drift[]> {
    return Promise.resolve([]);
  }

  /** Throws when this material must not be installed here. Nothing was changed yet. */
  protected refuseMaterial(_plan: InstallPlan, _material: Material): void {
    // any pair of key and certificate will do, unless a sibling knows better
  }

  /** How to start the server again should it die of the install; undefined: it is not ours to start. */
  protected startAgain(_plan: InstallPlan): Promise<string[] | undefined> {
    return Promise.resolve(undefined);
  }

  /** Every command that `startAgain` may have given for this plan. */
  protected startCommands(_plan: InstallPlan): readonly string[][] {
    return [];
  }

  /**
   * Whether what is about to replace the files can be read by those who must read it; what was found, null: nothing is asked.
   * Throws when it must not replace them: nothing was changed yet.
   */
  protected readAgain(_plan: InstallPlan, _material: Material): Promise<string | null> {
    return Promise.resolve(null);
  }

  /** The server's own test of what was written, and what it said; null: there is none. */
  protected testInstalled(_plan: InstallPlan): Promise<string | null> {
    return Promise.resolve(null);
  }

  async checkDrift(plan: InstallPlan, own: readonly OwnChange[] = []): Promise<void> {
    const [files, links, further] = await Promise.all([
      fileDrift(this.connection, changesOf(plan.changes, 'file')),
      linkDrift(this.connection, plan.standsOn),
      this.furtherDrift(plan, own),
    ]);
    const found = [...files, ...links];
    const named = new Set(found.map(({ path }) => path));
    const more = further.filter(({ path }) => path === null || !named.has(path));
    refuseDrift(sentencesOf([...found, ...more]), this.connection);
  }

  async afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    return this.#hashesOf(plan, await this.#piecesOf(plan, material));
  }

  /** The new content of every file that is replaced as a whole, by its path. */
  async #piecesOf(plan: InstallPlan, material: Material): Promise<Map<string, Piece[]>> {
    const files = changesOf(plan.changes, 'file').filter(({ holds }) => holds !== 'configuration');
    const all = files.map(
      async (file): Promise<[string, Piece[]]> => [file.path, await this.piecesFor(file, material, plan)],
    );
    return new Map(await allEnded(all));
  }

  async #hashesOf(plan: InstallPlan, pieces: ReadonlyMap<string, Piece[]>): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const file of changesOf(plan.changes, 'file')) {
      const own = pieces.get(file.path);
      hashes[file.path] =
        own === undefined ? (file.after.sha256 ?? '') : await contentHash(this.connection, own);
    }
    return hashes;
  }

  async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const { keepDir, previousFingerprint } = this.remembered(plan);
    const newDirectories = await missingDirectories(this.connection, plan);
    const request = {
      nodeKey: plan.nodeKey,
      files: changesOf(plan.changes, 'file'),
      newDirectories,
      startAgain: this.#startAgainAsPlanned(plan),
    };
    return takeSnapshot(this.connection, { ...request, keepDir, previousFingerprint }, tag);
  }

  /** One that runs otherwise by now than when the plan was made is not ours to start. */
  async #startAgainAsPlanned(plan: InstallPlan): Promise<string[] | undefined> {
    const seen = await this.startAgain(plan);
    return seen !== undefined && isOneOf(this.startCommands(plan), seen) ? seen : undefined;
  }

  chainsOnDisk(paths: readonly string[]): Promise<Map<string, string[]>> {
    return chainsOnDisk(this.connection, paths);
  }

  async checkSnapshot(plan: InstallPlan, snapshot: Snapshot, tag: string): Promise<void> {
    const { keepDir, previousFingerprint } = this.remembered(plan);
    refuseOtherSnapshot({ plan, previousFingerprint, starts: this.startCommands(plan) }, snapshot, tag);
    if (await isNoted(this.connection, keepDir, tag)) return;
    await refuseAway(this.connection, changesOf(plan.changes, 'file'));
    // a disk may have come back since the first look
    if (!(await isNoted(this.connection, keepDir, tag))) refuseGone(this.connection);
  }

  /**
   * Everything is looked at once more before the first change. All files are made before the first is renamed, and renamed
   * in the order of the plan, one right after the other: between key and certificate the server must not start.
   */
  install(plan: InstallPlan, material: Material): Promise<string | null> {
    const files = changesOf(plan.changes, 'file').map(({ path }) => `${this.connection.description} ${path}`);
    return fileTurns.take(files, () => this.#install(plan, material));
  }

  async #install(plan: InstallPlan, material: Material): Promise<string | null> {
    this.refuseMaterial(plan, material);
    await refuseWrongPair(this.connection, material);
    const pieces = await this.#piecesOf(plan, material);
    const after = await this.#hashesOf(plan, pieces);
    const files = changesOf(plan.changes, 'file');
    refuseOtherContent(files, after, this.connection);
    await refuseForeignContent(this.connection, files, after);
    const read = await this.#readAgainOf(files, plan, material, after);
    const made: NewFile[] = [];
    for (const file of files) {
      const own = pieces.get(file.path);
      const one =
        own === undefined
          ? await editedConfiguration(this.connection, plan, file)
          : newFile(file, own, after[file.path] ?? '');
      if (one !== null) made.push(one);
    }
    for (const directory of changesOf(plan.changes, 'directory'))
      await makeDirectory(this.connection, directory);
    const stay = files.filter(({ path }) => !made.some((one) => one.path === path));
    await this.connection.removeLeftovers(stay.map(({ path }) => path));
    await this.connection.writeAll(made);
    const tested = await this.testInstalled(plan);
    return [read, tested].filter((one) => one !== null).join(' ') || null;
  }

  /** It takes a while, in which others may have written to the files. */
  async #readAgainOf(
    files: readonly FileChange[],
    plan: InstallPlan,
    material: Material,
    will: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    const read = await this.readAgain(plan, material);
    if (read !== null) await refuseForeignContent(this.connection, files, will);
    return read;
  }

  restore(snapshot: Snapshot): Promise<RestoreReport> {
    return restoreSnapshot(this.connection, snapshot);
  }

  async discard(
    snapshot: Snapshot | null,
    tag: string,
    keyPath: string | null = null,
    spare?: 'spare the key',
  ): Promise<void> {
    const directories = await this.directories();
    await discardKept(
      this.connection,
      { snapshot, keyPath, sparesKey: spare !== undefined, directories },
      tag,
    );
  }

  makeKey(plan: InstallPlan, keyType: KeyType, tag: string): Promise<NewKey> {
    const { keepDir, keyName } = this.remembered(plan);
    return makeKeyIn(this.connection, keepDir, keyName, keyType, tag);
  }

  signWithKey(keyPath: string, keyType: KeyType, data: Uint8Array): Promise<Buffer> {
    return signOnTarget(this.connection, keyPath, keyType, data);
  }

  /** The connection belongs to the caller. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
