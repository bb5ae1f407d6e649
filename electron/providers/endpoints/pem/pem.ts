import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { contentHash, placeContent } from '../common/content.ts';
import { canMakeKeysIn, makeKeyIn, refuseWrongPair, signOnTarget } from '../common/keys.ts';
import { dirname } from '../common/paths.ts';
import { discardKept, restoreSnapshot, takeSnapshot } from '../common/snapshot.ts';
import { fileDrift, refuseDrift, refuseForeignContent } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Endpoint, Material, NewKey, RestoreReport, RunsScripts, Snapshot } from '../endpoint.ts';
import { look, nodeFrom, nodeKey, type PemSettings, whyNot } from './look.ts';
import { detailsOf, makePemPlan, piecesFor } from './plan.ts';
import { probePem } from './probe.ts';
import { runUserScript } from './scripts.ts';

/** A PEM file that some program serves: one node, the file. Restarting is the owner's script. */
export class PemEndpoint implements Endpoint, RunsScripts {
  readonly #settings: PemSettings;
  readonly #connection: HostConnection;
  readonly #tools: EndpointTools;

  constructor(settings: PemSettings, connection: HostConnection, tools: EndpointTools) {
    this.#settings = settings;
    this.#connection = connection;
    this.#tools = tools;
  }

  probe(): Promise<ProbeReport> {
    return probePem(this.#connection, this.#settings, this.#tools.clock.now());
  }

  async nodes(): Promise<DiscoveredNode[]> {
    return [nodeFrom(this.#connection, this.#settings, await look(this.#connection, this.#settings))];
  }

  async plan(key: string): Promise<InstallPlan> {
    if (key !== nodeKey)
      throw new Failure('node.missing', `A PEM file has one node, "${nodeKey}", and no "${key}".`);
    const view = await look(this.#connection, this.#settings);
    const trouble = whyNot(this.#connection, view);
    if (trouble !== null) throw new Failure('node.not-installable', trouble);
    return makePemPlan(this.#connection, this.#settings, view);
  }

  async checkDrift(plan: InstallPlan): Promise<void> {
    const found = await fileDrift(this.#connection, plan.files);
    for (const [name, real] of Object.entries(detailsOf(plan).links)) {
      const now = (await this.#connection.stat(name))?.realPath ?? null;
      if (now !== real) found.push(now === null ? `${name} is missing` : `${name} now leads to ${now}`);
    }
    refuseDrift(found, this.#connection);
  }

  async afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const file of plan.files) {
      const pieces = await piecesFor(this.#connection, file, material);
      hashes[file.path] = await contentHash(this.#connection, pieces);
    }
    return hashes;
  }

  snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const { keepDir, previousFingerprint } = detailsOf(plan);
    const { files, nodeKey: key } = plan;
    const request = { nodeKey: key, files, previousFingerprint, keepDir, newDirectories: [] };
    return takeSnapshot(this.#connection, request, tag);
  }

  async install(plan: InstallPlan, material: Material): Promise<void> {
    await refuseWrongPair(this.#connection, material);
    await refuseForeignContent(this.#connection, plan.files, await this.afterHashes(plan, material));
    for (const file of plan.files)
      await placeContent(this.#connection, file, await piecesFor(this.#connection, file, material));
  }

  /** Without a restart script there is nothing to do: whoever serves the file notices by itself. */
  async restart(): Promise<void> {
    const ran = await this.runScript('restart', '');
    if (ran === null || ran.code === 0) return;
    throw new Failure(
      'endpoint.restart-failed',
      `The restart script ${this.#settings.restartScript} on ${this.#connection.description} ended with code ${ran.code}.`,
      { hint: 'Run it by hand on the endpoint and see what it says.', peerSaid: ran.said },
    );
  }

  async runScript(
    which: 'install' | 'restart',
    alias: string,
  ): Promise<{ code: number; said: string } | null> {
    const path = which === 'install' ? this.#settings.installScript : this.#settings.restartScript;
    if (path === null) return null;
    return runUserScript(this.#connection, path, which === 'install' ? [alias] : []);
  }

  restore(snapshot: Snapshot): Promise<RestoreReport> {
    return restoreSnapshot(this.#connection, snapshot);
  }

  async discard(snapshot: Snapshot | null, tag: string): Promise<void> {
    const view = await look(this.#connection, this.#settings);
    const files = [view.certificateFile, view.keyFile].filter((file) => file !== null);
    const directories = files.map((file) => dirname(file.realPath));
    await discardKept(this.#connection, snapshot, directories, tag);
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    const view = await look(this.#connection, this.#settings);
    return canMakeKeysIn(this.#connection, [dirname((view.keyFile ?? view.certificateFile).realPath)]);
  }

  makeKey(plan: InstallPlan, keyType: KeyType, tag: string): Promise<NewKey> {
    const { keepDir, keyName } = detailsOf(plan);
    return makeKeyIn(this.#connection, keepDir, keyName, keyType, tag);
  }

  signWithKey(keyPath: string, keyType: KeyType, data: Uint8Array): Promise<Buffer> {
    return signOnTarget(this.#connection, keyPath, keyType, data);
  }

  /** The connection belongs to the caller. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
