import { createHash } from 'node:crypto';
import type { F5Settings } from '#shared/catalog/endpoints/f5.ts';
import { Failure } from '#shared/failure.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { certificateFingerprint } from '../../../pki/fingerprint.ts';
import type { RestConnection } from '../../connections/connection.ts';
import { probing } from '../common/probing.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Endpoint, Material, Powers, RestoreReport } from '../endpoint.ts';
import { BigipClient, tilde } from './client.ts';
import { type GroupPlan, groupPlan, keep, mustBeActive, readStanding } from './devices.ts';
import {
  bindObjects,
  hashesOf,
  makeObjects,
  newObjects,
  piecesOf,
  readInUse,
  settingsOf,
} from './install.ts';
import { deviceNode, nodeOf, nodesOf, objectsShown } from './nodes.ts';
import { driftOf, keptOf, stateOf } from './objects.ts';
import { readDeviceCertificate, readPems } from './pems.ts';
import { placesOf } from './places.ts';
import { makeInstallPlan, placeFor, usersHash, usersName } from './plan.ts';
import { activeCheck, configurationCheck, roleCheck, versionCheck, versionOf } from './probe.ts';
import { noteOf, pushedNote, putBack, refuseOther, uploadsIn } from './restore.ts';
import { paths, readView, usersOf } from './view.ts';
import { certificateObject, keyObject } from './wire.ts';

/**
 * The SSL profiles of a BIG-IP. New objects are made under names of their own, and one request makes the profile use
 * them: it shows the old pair or the new one, never a part of both.
 */
export class F5Endpoint implements Endpoint {
  readonly powers: Powers;
  readonly #settings: F5Settings;
  readonly #client: BigipClient;
  readonly #tools: EndpointTools;

  constructor(settings: F5Settings, connection: RestConnection, tools: EndpointTools) {
    this.#settings = settings;
    this.#client = new BigipClient(connection);
    this.#tools = tools;
    this.powers = {
      ...{ makesKeys: null, restarts: null, runsScripts: null },
      readsBack: { readBack: (plan, fingerprint) => this.#readBack(plan, fingerprint) },
    };
  }

  async probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const client = this.#client;
    const { connection } = client;
    const { checks, check } = probing(connection, begins);
    const each: [CheckName, () => Promise<string>][] = [
      ['program', () => versionCheck(client)],
      ['running', () => activeCheck(client)],
      ['write', () => roleCheck(client, connection.user)],
      ['configuration', () => configurationCheck(client)],
    ];
    for (const [name, work] of each) if (!(await check(name, work))) break;
    const ok = checks.every((one) => one.ok);
    return { ok, version: versionOf(checks), checks, at: this.#tools.clock.now() };
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const client = this.#client;
    const { dialAddress: address, port } = client.connection;
    const view = await readView(client);
    const pems = await readPems(client, objectsShown(view));
    const own = await readDeviceCertificate(client);
    const device = deviceNode(own, { address, port });
    return [...(await nodesOf(view, pems, this.#settings.proveBy)), ...(device === null ? [] : [device])];
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const client = this.#client;
    const [view, standing, keys] = await Promise.all([
      readView(client),
      readStanding(client),
      client.list(paths.key, keyObject),
    ]);
    if (nodeKey === 'device') return this.#refuseDevice();
    const place = placeFor(view, nodeKey);
    mustBeActive(standing, client.connection);
    const object = view.certificates.get(place.pair?.cert ?? '');
    const pems = await readPems(client, object === undefined ? [] : [object]);
    const { proveBy, syncGroup } = this.#settings;
    const node = nodeOf(view, place, pems, proveBy);
    const group = groupPlan(standing, syncGroup);
    const names = node.certificate?.names ?? [];
    const { handshake } = this.#tools;
    return makeInstallPlan({ view, place, keys, names, standing, group, proveBy, handshake });
  }

  async #refuseDevice(): Promise<never> {
    const node = deviceNode(await readDeviceCertificate(this.#client), { address: '', port: 443 });
    if (node === null) throw new Failure('node.missing', 'The device certificate cannot be read.');
    throw new Failure('node.not-installable', node.notInstallable ?? '');
  }

  async checkDrift(plan: InstallPlan): Promise<void> {
    const changes = changesOf(plan.changes, 'remote-object');
    const [objects, ground] = await Promise.all([driftOf(this.#client, changes), this.#groundDrift(plan)]);
    this.#refuse([...objects, ...ground]);
  }

  /** What the plan stands on: the certificate that is replaced, and who shows it. */
  async #groundDrift({ nodeKey, standsOn }: InstallPlan): Promise<string[]> {
    const view = await readView(this.#client);
    const place = placesOf(view).find(({ key }) => key === nodeKey);
    if (place === undefined) return [`${nodeKey} is missing`];
    const users = usersHash(usersOf(view, place.side, place.fullPath));
    return standsOn.flatMap((one) => {
      if (one.what !== 'content') return [];
      if (one.name === usersName(place.fullPath))
        return one.sha256 === users ? [] : [`${one.name} are others`];
      return view.certificates.get(one.name)?.fingerprint === one.sha256
        ? []
        : [`${one.name} has other content`];
    });
  }

  #refuse(sentences: readonly string[]): void {
    if (sentences.length === 0) return;
    throw new Failure(
      'endpoint.drifted',
      `${this.#client.connection.description} has changed since the plan was made: ${sentences.join('; ')}.`,
      { hint: 'Nothing was changed. Request the certificate again and read the new plan.' },
    );
  }

  async afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    return hashesOf(plan, material);
  }

  async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const client = this.#client;
    mustBeActive(await readStanding(client), client.connection);
    await this.checkDrift(plan);
    const snapshot = {
      nodeKey: plan.nodeKey,
      kept: keptOf(plan),
      previousFingerprint: factOf(plan, 'previous'),
    };
    const note = createHash('sha256').update(JSON.stringify(snapshot)).digest('hex');
    await client.upload(noteOf(tag), Buffer.from(`${note}\n`));
    return snapshot;
  }

  async checkSnapshot(plan: InstallPlan, snapshot: Snapshot, tag: string): Promise<void> {
    refuseOther(plan, snapshot, factOf(plan, 'previous'));
    if (await this.#client.uploadExists(noteOf(tag))) return;
    throw new Failure(
      'snapshot.gone',
      `${this.#client.connection.description} keeps nothing for this task, or no longer does.`,
      { hint: 'Nothing was changed. Request the certificate again.' },
    );
  }

  /** Leaves alone: that is what a BIG-IP tells of a certificate. */
  async chainsOnDisk(wanted: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const path of wanted) {
      const object = await this.#client.get(`${paths.certificate}/${tilde(path)}`, certificateObject);
      if (object !== null && object.fingerprint !== null) found.set(path, [object.fingerprint]);
    }
    return found;
  }

  async install(plan: InstallPlan, material: Material): Promise<string> {
    const client = this.#client;
    const pieces = piecesOf(material);
    const settings = settingsOf(plan);
    mustBeActive(await readStanding(client), client.connection);
    const now = await stateOf(client, settings.path);
    // what another attempt has done is done; before that, everything must be as it was approved
    const isBegun = (await Promise.all(newObjects(plan).map(({ path }) => stateOf(client, path)))).some(
      (one) => one !== null,
    );
    const isUsed =
      now !== null && (await driftOf(client, [{ ...settings, before: settings.after }])).length === 0;
    if (!isBegun) await this.checkDrift(plan);
    else if (!isUsed) this.#refuse(await driftOf(client, [settings]));
    await makeObjects(client, plan, pieces);
    await bindObjects(client, plan);
    const used = await readInUse(client, plan, certificateFingerprint(pieces.leaf));
    const kept = await keep(client, this.#tools.clock, {
      how: (factOf(plan, 'groupPlan') ?? 'none') as GroupPlan,
      group: factOf(plan, 'group'),
    });
    return `${used} ${kept}`;
  }

  async #readBack(plan: InstallPlan, fingerprint: string): Promise<string> {
    const used = await readInUse(this.#client, plan, fingerprint);
    return `Proved by the object on the BIG-IP, not by a handshake: ${used}`;
  }

  async restore(snapshot: Snapshot): Promise<RestoreReport> {
    const client = this.#client;
    const before = await readStanding(client);
    const group = before.group?.fullPath ?? null;
    // only what this unit had given to the others is taken back there: what else is pending is not ours to push
    const note = pushedNote(snapshot);
    const seen = groupPlan(before, this.#settings.syncGroup);
    const pushed = seen === 'synchronize' || (seen === 'leave' && (await client.uploadExists(note)));
    if (pushed) await client.upload(note, Buffer.from('pushed\n'));
    const wrong = await putBack(client, snapshot);
    const how = pushed ? 'synchronize' : seen;
    const kept = await keep(client, this.#tools.clock, { how, group });
    if (pushed) await client.removeUploads([note]);
    return wrong.length > 0
      ? { exact: false, sentence: `${wrong.join('; ')}.` }
      : {
          exact: true,
          sentence: `The profile has its previous certificate again, and the new objects are gone. ${kept}`,
        };
  }

  async discard(snapshot: Snapshot | null, tag: string): Promise<void> {
    await this.#client.removeUploads([
      noteOf(tag),
      ...(snapshot === null ? [] : [pushedNote(snapshot), ...uploadsIn(snapshot)]),
    ]);
  }

  /** The connection belongs to the caller. */
  async close(): Promise<void> {}
}

function factOf({ remembers: { facts } }: InstallPlan, name: string): string | null {
  return facts.find((one) => one.name === name)?.value ?? null;
}
