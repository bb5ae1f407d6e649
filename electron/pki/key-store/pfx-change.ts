import { createHash } from 'node:crypto';
import type { Work } from '../work.ts';
import { aliasKey } from './aliases.ts';
import { aliasAmbiguous, aliasTaken, cannotRewrite } from './failures.ts';
import type { Part, Pfx } from './pfx.ts';
import {
  type Attribute,
  attributeIds,
  type Bag,
  bagTypes,
  certificateContent,
  friendlyNameAttribute,
  localKeyIdAttribute,
  writeBag,
} from './pfx-bags.ts';
import { identity, isKey, type PfxEntry } from './pfx-entries.ts';

/** What becomes of the bags of a file when one key entry is put into it. */
export interface Change {
  gone: ReadonlySet<Bag>;
  replaced: ReadonlyMap<Bag, Buffer>;
  /** Right behind a bag. */
  behind: ReadonlyMap<Bag, Buffer[]>;
  /** At the end of a part; of the key of null: in a part of their own. */
  added: { keys: Buffer[]; keysTo: Part | null; certificates: Buffer[]; certificatesTo: Part | null };
}

/** The key entry of this alias, to be replaced; null: there is none. Failure when it is no key, or not the only one. */
export function entryToReplace(entries: readonly PfxEntry[], alias: string): PfxEntry | null {
  const same = entries.filter((one) => one.kind !== 'other' && aliasKey(one.alias) === aliasKey(alias));
  const keys = same.filter(({ kind }) => kind === 'key');
  const [other] = same;
  if (keys.length === 0 && (other?.kind === 'trust' || other?.kind === 'secret'))
    throw aliasTaken(alias, other.kind);
  if (keys.length > 1) throw aliasAmbiguous(alias, keys.length);
  const [old] = keys;
  if (old?.placed.nested === true || old?.chain[0]?.nested === true)
    throw cannotRewrite(`The entry "${alias}" lies within another entry.`);
  return old ?? null;
}

interface Wanted {
  alias: string;
  /** EncryptedPrivateKeyInfo. */
  key: Buffer;
  /** DER, leaf first. */
  chain: readonly Buffer[];
  date: number;
}

export async function changeFor(
  pfx: Pfx,
  entries: readonly PfxEntry[],
  old: PfxEntry | null,
  wanted: Wanted,
  work: Work,
): Promise<Change> {
  const [leaf = Buffer.alloc(0), ...above] = wanted.chain;
  const id = keyIdFor(entries, old, leaf, wanted.date);
  await work.turn();
  const name =
    old === null ? [friendlyNameAttribute(wanted.alias)] : rawOf(old.placed.bag, attributeIds.friendlyName);
  const key = writeBag(bagTypes.shroudedKey, wanted.key, [
    ...(old === null ? name : kept(old.placed.bag)),
    localKeyIdAttribute(id),
  ]);
  const oldLeaf = old?.chain[0];
  const attributes = [...(oldLeaf === undefined ? name : kept(oldLeaf.bag)), localKeyIdAttribute(id)];
  const leafBag = writeBag(bagTypes.certificate, certificateContent(leaf), attributes);
  const gone = unused(pfx, entries, old, above);
  await work.turn();
  const stays = oldLeaf !== undefined && isOfOthers(entries, old, oldLeaf);
  const present = untrusted(pfx).filter((bag) => !gone.has(bag) && (stays || bag !== oldLeaf?.bag));
  const missing = above.filter((der) => !present.some(({ certificate }) => certificate?.equals(der)));
  const more = missing.map((der) => writeBag(bagTypes.certificate, certificateContent(der), []));
  return {
    gone,
    replaced: new Map([
      ...(old === null ? [] : [[old.placed.bag, key] as const]),
      ...(oldLeaf === undefined || stays ? [] : [[oldLeaf.bag, leafBag] as const]),
    ]),
    behind: new Map(oldLeaf === undefined ? [] : [[oldLeaf.bag, stays ? [leafBag, ...more] : more]]),
    added: {
      keys: old === null ? [key] : [],
      keysTo: partOf(pfx, isKey),
      certificates: oldLeaf === undefined ? [leafBag, ...more] : [],
      certificatesTo:
        partOf(pfx, ({ certificate, trusted }) => certificate !== null && !trusted) ??
        partOf(pfx, ({ certificate }) => certificate !== null),
    },
  };
}

/** One certificate may belong to several keys, or stand in the chain of another. */
const isOfOthers = (entries: readonly PfxEntry[], old: PfxEntry | null, leaf: PfxEntry['chain'][number]) =>
  entries.some(
    ({ chain: [own, ...above], ...one }) =>
      one.placed !== old?.placed &&
      (own?.bag === leaf.bag || above.some(({ certificate }) => certificate.equals(leaf.certificate))),
  );

const untrusted = (pfx: Pfx): Bag[] =>
  pfx.parts.flatMap(({ bags }) =>
    (bags ?? []).filter(({ certificate, trusted }) => certificate !== null && !trusted),
  );

const partOf = (pfx: Pfx, holds: (bag: Bag) => boolean): Part | null =>
  pfx.parts.find(({ bags }) => bags?.some(holds)) ?? null;

/** Certificates above the old leaf that no other entry uses and that the new chain has not got either, with all their copies. */
function unused(
  pfx: Pfx,
  entries: readonly PfxEntry[],
  old: PfxEntry | null,
  above: readonly Buffer[],
): Set<Bag> {
  if (old === null) return new Set();
  const notNeeded = old.chain.slice(1).map(({ certificate }) => identity(certificate));
  if (notNeeded.length === 0) return new Set();
  const others = entries.flatMap((one) =>
    one === old ? [] : one.chain.map(({ certificate }) => certificate),
  );
  const needed = new Set([...new Set(others), ...above].map(identity));
  const goes = new Set(notNeeded.filter((one) => !needed.has(one)));
  if (goes.size === 0) return new Set();
  return new Set(
    untrusted(pfx).filter(({ certificate }) => certificate !== null && goes.has(identity(certificate))),
  );
}

// ── attributes ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What Windows notes about a certificate, its fingerprints for example: no longer true of another one. */
const ofOneCertificate = '1.3.6.1.4.1.311.17.3.';

const kept = (bag: Bag): Buffer[] =>
  bag.attributes.flatMap(({ id, raw }: Attribute) =>
    id === attributeIds.localKeyId || id.startsWith(ofOneCertificate) ? [] : [raw],
  );

const rawOf = (bag: Bag, id: string): Buffer[] =>
  bag.attributes.flatMap((one) => (one.id === id ? [one.raw] : []));

const sha1 = (...parts: Uint8Array[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest();

/** What ties the key to its leaf, in the form the old entry or the other ones have; that of OpenSSL where there is none. */
function keyIdFor(entries: readonly PfxEntry[], old: PfxEntry | null, leaf: Buffer, date: number): Buffer {
  const others = entries.filter((one) => one !== old);
  const taken = new Set(
    others.flatMap(({ placed, chain }) =>
      [placed, ...chain].flatMap(({ bag }) =>
        bag.localKeyId === null ? [] : [bag.localKeyId.toString('hex')],
      ),
    ),
  );
  for (const one of old?.chain.slice(1) ?? [])
    if (one.bag.localKeyId !== null) taken.add(one.bag.localKeyId.toString('hex'));
  const was = old?.placed.bag.localKeyId ?? null;
  const example = was ?? others.find(({ kind }) => kind === 'key')?.placed.bag.localKeyId ?? null;
  const oldLeaf = old?.chain[0]?.certificate;
  if (isJavas(example)) return firstFree(taken, (turn) => Buffer.from(`Time ${date + turn}`, 'latin1'));
  const isHash = was === null || oldLeaf === undefined || was.equals(sha1(oldLeaf));
  if (!isHash && !taken.has(was.toString('hex'))) return was;
  return firstFree(taken, (turn) => (turn === 0 ? sha1(leaf) : sha1(leaf, Buffer.of(turn))));
}

const isJavas = (id: Buffer | null): boolean => id !== null && /^Time \d+$/.test(id.toString('latin1'));

function firstFree(taken: ReadonlySet<string>, candidate: (turn: number) => Buffer): Buffer {
  let turn = 0;
  while (taken.has(candidate(turn).toString('hex'))) turn += 1;
  return candidate(turn);
}
