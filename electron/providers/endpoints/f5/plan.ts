import { createHash } from 'node:crypto';
import { inTurns } from '#kit/in-turns.ts';
import { Failure } from '#shared/failure.ts';
import type { Change } from '#shared/model/changes/index.ts';
import type { InstallPlan, PlannedNeighbour, PlannedProof } from '#shared/model/plan.ts';
import type { EndpointTools } from '../common/tools.ts';
import { type Pair, pairText } from './chain-text.ts';
import { tilde } from './client.ts';
import type { GroupPlan, Standing } from './devices.ts';
import { type Place, placesOf } from './places.ts';
import { sharesOf, warningsOf } from './plan-words.ts';
import { dialled, heirsOf, paths, usersOf, type View, type Virtual } from './view.ts';
import type { KeyObject } from './wire.ts';

/** Handshakes at once. */
const atOnce = 8;

interface PlanFacts {
  view: View;
  place: Place;
  /** Names of the present certificate. */
  names: readonly string[];
  standing: Standing;
  group: GroupPlan;
  proveBy: 'handshake' | 'object';
  /** Every one of the BIG-IP. */
  keys: readonly KeyObject[];
  handshake: EndpointTools['handshake'];
}

/** `node.missing`, `node.not-installable`. */
export function placeFor(view: View, key: string): Place {
  const place = placesOf(view).find((one) => one.key === key);
  if (place === undefined)
    throw new Failure('node.missing', `The BIG-IP no longer has ${key.replace('#', ' with the entry ')}.`, {
      hint: 'Discover the nodes of the endpoint again.',
    });
  if (place.refused !== null) throw new Failure('node.not-installable', place.refused);
  return place;
}

export async function makeInstallPlan(facts: PlanFacts): Promise<InstallPlan> {
  const { view, place, standing, group } = facts;
  const { pair, path, member } = place;
  if (pair === null) throw new Failure('node.not-installable', `${place.fullPath} names no certificate.`);
  const stem = newStem(facts);
  const next: Pair = { cert: `${stem}.crt`, key: `${stem}.key`, chain: null };
  const users = usersOf(view, place.side, place.fullPath);
  const { proofs, silent } = await reached(facts, users);
  const others = neighboursOf(facts, users, proofs);
  const inherits = place.inheritedFrom !== null;
  const settings: Change = {
    ...{ kind: 'remote-object', path, holds: 'settings' },
    before: {
      content: null,
      members: inherits ? { inheritCertkeychain: 'true' } : { [member]: pairText(pair) },
    },
    after: {
      content: null,
      members: { ...(inherits ? { inheritCertkeychain: 'false' } : {}), [member]: pairText(next) },
    },
  };
  return {
    nodeKey: place.key,
    changes: [...newObjects(stem), settings, ...commands(standing, group)],
    standsOn: ground(view, place, users),
    remembers: {
      ...{ by: 'f5', version: 1 },
      facts: [
        {
          name: 'previous',
          label: 'Previous certificate',
          value: view.certificates.get(pair.cert)?.fingerprint ?? null,
        },
        { name: 'group', label: 'Device group', value: standing.group?.fullPath ?? null },
        { name: 'groupPlan', label: 'Synchronization', value: group },
      ],
    },
    shares: sharesOf(view, place, users),
    proofs,
    ...(others.length === 0 ? {} : { neighbours: others }),
    listeners: proofs.map(({ address, port }) => ({ address, port })),
    ...onlyKeys(view, place),
    warnings: warningsOf(facts, users, silent),
  };
}

/** `/Common/trustkeep_shop_default_3`: no object has that name yet. */
function newStem({ view: { certificates }, keys, place: { fullPath, entry } }: PlanFacts): string {
  const [, partition = '', ...name] = fullPath.split('/');
  const plain = [...name, entry].join('_').replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const stem = `/${partition}/trustkeep_${plain}_`;
  const taken = [...certificates.keys(), ...keys.map((one) => one.fullPath)];
  const numbers = taken.flatMap((path) => {
    const number = path.startsWith(stem)
      ? /^(\d+)(-chain\.crt|\.crt|\.key)$/.exec(path.slice(stem.length))?.[1]
      : undefined;
    return number === undefined ? [] : [Number(number)];
  });
  return `${stem}${Math.max(0, ...numbers) + 1}`;
}

function newObjects(stem: string): Change[] {
  const made = (path: string, holds: 'certificate' | 'private-key'): Change => ({
    ...{ kind: 'remote-object', path, holds, before: null },
    after: { content: null, members: {} },
  });
  return [
    made(`${paths.key}/${tilde(`${stem}.key`)}`, 'private-key'),
    made(`${paths.certificate}/${tilde(`${stem}.crt`)}`, 'certificate'),
    made(`${paths.certificate}/${tilde(`${stem}-chain.crt`)}`, 'certificate'),
  ];
}

function commands({ group }: Standing, how: GroupPlan): Change[] {
  const save: Change = {
    ...{ kind: 'command', argv: ['tmsh', 'save', 'sys', 'config'] },
    why: 'The running configuration is saved, with whatever else has not been saved yet.',
  };
  if (how !== 'synchronize' || group === null) return [save];
  return [
    save,
    {
      ...{ kind: 'command', argv: ['tmsh', 'run', 'cm', 'config-sync', 'to-group', group.fullPath] },
      why: 'The other units of the device group are given the configuration of this one.',
    },
  ];
}

/** The certificate that is replaced, and who shows it: others by then would be a surprise. */
function ground(view: View, { fullPath, pair }: Place, users: readonly Virtual[]): InstallPlan['standsOn'] {
  const fingerprint = view.certificates.get(pair?.cert ?? '')?.fingerprint ?? null;
  return [
    ...(fingerprint === null
      ? []
      : [{ what: 'content' as const, name: pair?.cert ?? '', sha256: fingerprint }]),
    { what: 'content', name: usersName(fullPath), sha256: usersHash(users) },
  ];
}

export const usersName = (fullPath: string): string => `the virtual servers of ${fullPath}`;

export function usersHash(users: readonly Virtual[]): string {
  const told = users.map(({ fullPath, destination: { text } }) => `${fullPath} ${text}`).toSorted();
  return createHash('sha256').update(told.join('\n')).digest('hex');
}

/** Those that complete a handshake with this machine must show the new certificate; the others cannot be asked. */
async function reached({ view, place, names, proveBy, handshake }: PlanFacts, users: readonly Virtual[]) {
  if (proveBy === 'object' || place.side === 'serverSide') return { proofs: [], silent: [] };
  const nameOf = new Map(view.clientSsl.map((one) => [one.fullPath, one.serverName]));
  const heirs = heirsOf(view, place.side, place.fullPath);
  const asked = await inTurns(users, atOnce, async (virtual) => {
    const at = dialled(virtual);
    if (at === null) return { virtual, proof: null };
    const by = [place.fullPath, ...heirs].find((path) => virtual.clientSide.includes(path));
    const proof: PlannedProof = { ...at, serverName: sentName(nameOf.get(by ?? '') ?? null, names) };
    return { virtual, proof: (await handshake(proof)) === null ? proof : null };
  });
  return {
    proofs: asked.flatMap(({ proof }) => proof ?? []),
    silent: asked.filter(({ proof }) => proof === null).map(({ virtual }) => virtual),
  };
}

/** What a client would ask for to be shown this profile. */
function sentName(serverName: string | null, names: readonly string[]): string | null {
  const wanted =
    serverName ?? names.find((name) => !name.includes('*') && name.includes('.')) ?? names[0] ?? null;
  if (wanted === null || /^[\d.]+$|:/.test(wanted)) return null;
  return wanted.replace(/^\*\./, 'trustkeep.');
}

/** What else the same addresses show: other names, and the certificate of the other kind of key. */
function neighboursOf(
  { view, place }: PlanFacts,
  users: readonly Virtual[],
  proofs: readonly PlannedProof[],
): PlannedNeighbour[] {
  const heirs = heirsOf(view, place.side, place.fullPath);
  const clientPlaces = placesOf(view).filter(({ side }) => side === 'clientSide');
  const found = new Map<string, PlannedNeighbour>();
  for (const virtual of users)
    for (const proof of proofs) {
      if (virtual.destination.address !== proof.address || virtual.destination.port !== proof.port) continue;
      for (const other of clientPlaces) {
        if (other.pair === null || !virtual.clientSide.includes(other.fullPath)) continue;
        const isTwin = other.fullPath === place.fullPath && other.entry !== place.entry;
        if (heirs.has(other.fullPath) && !isTwin) continue;
        if (!isTwin && other.serverName === null) continue;
        const serverName = isTwin ? proof.serverName : sentName(other.serverName, []);
        const keyAlgorithm = familyOf(view, other);
        const { address, port } = proof;
        found.set(`${address} ${port} ${serverName} ${keyAlgorithm}`, {
          ...{ address, port, serverName, who: `profile ${other.fullPath} (${other.entry})` },
          ...(keyAlgorithm === null ? {} : { keyAlgorithm }),
          ...{ expects: 'as-before', certificatePath: other.pair.cert },
        });
      }
    }
  return [...found.values()];
}

function familyOf({ certificates }: View, { pair }: Place): 'rsa' | 'ecdsa' | null {
  const kind = certificates.get(pair?.cert ?? '')?.keyType ?? '';
  return kind.startsWith('rsa') ? 'rsa' : kind.startsWith('ec') ? 'ecdsa' : null;
}

/** A profile has at most one pair of each kind of key. */
function onlyKeys(view: View, place: Place): Pick<InstallPlan, 'onlyKeys'> {
  const family = familyOf(view, place);
  if (place.pairs < 2 || family === null) return {};
  return {
    onlyKeys: { family, why: `the profile ${place.fullPath} has a pair of another kind of key beside it` },
  };
}
