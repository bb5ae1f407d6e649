import {
  children,
  contextTag,
  type Der,
  elementsIn,
  expect,
  readDer,
  readOid,
  readSequence,
  tags,
} from '../der.ts';
import type { Work } from '../work.ts';
import { element, explicit, octetString, oid, sequence, setOf } from '../write-der.ts';

/** Types of what lies in a PKCS#12 file (RFC 7292 4.2), by name. */
export const bagTypes = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  revocations: '1.2.840.113549.1.12.10.1.4',
  secret: '1.2.840.113549.1.12.10.1.5',
  nested: '1.2.840.113549.1.12.10.1.6',
} as const;

export const attributeIds = {
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  /** Oracle's: Java takes only certificates that have it for trusted ones. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
} as const;

const x509 = '1.2.840.113549.1.9.22.1';
const anyExtendedKeyUsage = '2.5.29.37.0';

export interface Attribute {
  id: string;
  /** As it was written. */
  raw: Buffer;
}

/** One thing in a PKCS#12 file, as it was written and as far as we look into it. */
export interface Bag {
  raw: Buffer;
  /** Object identifier. */
  type: string;
  /** What it holds: the element in its `[0]`. */
  content: Buffer;
  attributes: Attribute[];
  friendlyName: string | null;
  localKeyId: Buffer | null;
  trusted: boolean;
  /** X.509, DER, where it holds one. */
  certificate: Buffer | null;
  /** Where it holds others. */
  nested: Bag[] | null;
}

/** Far deeper than any program nests them. */
const deepest = 8;

/** The bags of a SafeContents, in its order. Failure `der.unreadable`. */
export async function readBags(safeContents: Der, work: Work, depth = deepest): Promise<Bag[]> {
  const bags: Bag[] = [];
  for (const der of elementsIn(expect(safeContents, tags.sequence).contents)) {
    bags.push(await readBag(der, work, depth));
    if (work.due()) await work.pause();
  }
  return bags;
}

async function readBag(der: Der, work: Work, depth: number): Promise<Bag> {
  const [id, wrapped, set] = readSequence(der);
  const content = wrapped === undefined ? undefined : children(expect(wrapped, contextTag(0, true)))[0];
  const type = readOid(id);
  const attributes = set === undefined ? [] : children(expect(set, tags.set)).map(readAttribute);
  const found = (wanted: string): Der | undefined => attributes.find((one) => one.id === wanted)?.value;
  const name = found(attributeIds.friendlyName);
  const keyId = found(attributeIds.localKeyId);
  const nests = type === bagTypes.nested && depth > 0 && content !== undefined;
  return {
    ...{ raw: der.whole, type, content: content?.whole ?? Buffer.alloc(0), attributes },
    friendlyName: name?.tag === tags.bmp ? textOf(name.contents) : null,
    localKeyId: keyId?.tag === tags.octetString ? keyId.contents : null,
    trusted: attributes.some((one) => one.id === attributeIds.trustedKeyUsage),
    certificate: type === bagTypes.certificate ? certificateIn(content) : null,
    nested: nests ? await readBags(content, work, depth - 1) : null,
  };
}

const textOf = (bytes: Buffer): string =>
  Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');

function readAttribute(der: Der): Attribute & { value: Der | undefined } {
  const [id, values] = readSequence(der);
  const value = values?.tag === tags.set ? children(values)[0] : undefined;
  return { id: readOid(id), raw: der.whole, value };
}

/** Null: a certificate of another kind (SDSI), or nothing. */
function certificateIn(content: Der | undefined): Buffer | null {
  if (content?.tag !== tags.sequence) return null;
  const [id, wrapped] = children(content);
  const inner = wrapped?.tag === contextTag(0, true) ? children(wrapped)[0] : undefined;
  if (id === undefined || inner?.tag !== tags.octetString || readOid(id) !== x509) return null;
  return inner.contents;
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A bag of this content. Attributes are sorted, as DER demands of a set. */
export function writeBag(type: string, content: Buffer, attributes: readonly Buffer[]): Buffer {
  const set = attributes.length === 0 ? [] : [setOf(...attributes)];
  return sequence(oid(type), explicit(0, content), ...set);
}

export const certificateContent = (der: Uint8Array): Buffer =>
  sequence(oid(x509), explicit(0, octetString(der)));

export function friendlyNameAttribute(name: string): Buffer {
  const text = element(tags.bmp, Buffer.from(name, 'utf16le').swap16());
  return sequence(oid(attributeIds.friendlyName), setOf(text));
}

export const localKeyIdAttribute = (id: Uint8Array): Buffer =>
  sequence(oid(attributeIds.localKeyId), setOf(octetString(id)));

/** For any purpose. */
export const trustedAttribute = (): Buffer =>
  sequence(oid(attributeIds.trustedKeyUsage), setOf(oid(anyExtendedKeyUsage)));

/** What is wrapped in a bag of a secret (RFC 7292 4.2.5): its kind and its value. */
export function secretIn(bag: Bag): { kind: string; value: Buffer } | null {
  const [id, wrapped] = readSequence(readDer(bag.content));
  const inner = wrapped?.tag === contextTag(0, true) ? children(wrapped)[0] : undefined;
  return inner?.tag === tags.octetString ? { kind: readOid(id), value: inner.contents } : null;
}

export const secretContent = (kind: string, value: Buffer): Buffer =>
  sequence(oid(kind), explicit(0, octetString(value)));
