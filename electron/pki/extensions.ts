import { createHash } from 'node:crypto';
import {
  children,
  contextTag,
  type Der,
  readBitString,
  readBoolean,
  readDer,
  readOid,
  readSequence,
  tags,
  takeIf,
  unreadable,
} from './der.ts';
import { ipBytes, ipFromBytes } from './ip.ts';
import { oids } from './oids.ts';
import { boolean, explicit, implicit, integer, namedBits, octetString, oid, sequence } from './write-der.ts';

function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** DNS names and IP addresses, already normalized. */
export function subjectAltName(names: readonly string[], critical: boolean): Buffer {
  const general = names.map((name) => {
    const address = ipBytes(name);
    return address === null ? implicit(2, Buffer.from(name, 'latin1')) : implicit(7, address);
  });
  return extension(oids.subjectAltName, critical, sequence(...general));
}

export function basicConstraints(ca: { pathLength: number | null } | null): Buffer {
  const value =
    ca === null
      ? sequence()
      : sequence(boolean(true), ...(ca.pathLength === null ? [] : [integer(ca.pathLength)]));
  return extension(oids.basicConstraints, true, value);
}

const usageBits = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, crlSign: 6 } as const;

export function keyUsage(...usages: (keyof typeof usageBits)[]): Buffer {
  return extension(oids.keyUsage, true, namedBits(...usages.map((usage) => usageBits[usage])));
}

export function serverAuthOnly(): Buffer {
  return extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuth)));
}

/** Key identifier: the leftmost 160 bits of SHA-256 over the public key's bits (RFC 7093 2, method 1). */
export function keyIdentifierOf(spki: Uint8Array): Buffer {
  const bits = readBitString(readSequence(readDer(spki, tags.sequence))[1]);
  return createHash('sha256').update(bits).digest().subarray(0, 20);
}

export function subjectKeyIdentifier(keyIdentifier: Uint8Array): Buffer {
  return extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifier));
}

export function authorityKeyIdentifier(keyIdentifier: Uint8Array): Buffer {
  return extension(oids.authorityKeyIdentifier, false, sequence(implicit(0, keyIdentifier)));
}

/**
 * Only DNS names at and below `permitted`. IP addresses are excluded altogether: a constraint says nothing about
 * kinds of names it does not mention (RFC 5280 4.2.1.10), so leaving them out would permit every address.
 */
export function nameConstraints(permitted: readonly string[]): Buffer {
  const names = permitted.map((name) => sequence(implicit(2, Buffer.from(name, 'latin1'))));
  const addresses = [8, 32].map((size) => sequence(implicit(7, Buffer.alloc(size))));
  return extension(oids.nameConstraints, true, sequence(explicit(0, ...names), explicit(1, ...addresses)));
}

/** RFC 8737 6.1: SHA-256 of the key authorization. Critical, so that no client takes the certificate for one of a server. */
export function acmeIdentifier(digest: Uint8Array): Buffer {
  return extension(oids.acmeIdentifier, true, octetString(digest));
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Extension {
  critical: boolean;
  /** The DER inside the octet string. */
  value: Buffer;
}

/** Extensions ::= SEQUENCE OF Extension. None may be there twice (RFC 5280 4.2): readers would not agree which one counts. */
export function readExtensions(list: Der | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>();
  for (const entry of readSequence(list)) {
    const parts = readSequence(entry);
    const id = readOid(parts.shift());
    const flag = takeIf(parts, tags.boolean);
    const value = parts[0]?.tag === tags.octetString ? parts[0].contents : Buffer.alloc(0);
    if (found.has(id)) throw unreadable('an extension is there twice');
    found.set(id, { critical: flag !== undefined && readBoolean(flag), value });
  }
  return found;
}

/** GeneralName is a choice of nine, [0] to [8] (RFC 5280 4.2.1.6); those that are constructed in DER. */
const generalNames = Array.from({ length: 9 }, (_, kind) => contextTag(kind, [0, 3, 4, 5].includes(kind)));

/**
 * DNS names and IP addresses of a subjectAltName; the other kinds of names are passed over. Null when there is none.
 * An entry of no kind at all is refused: OpenSSL would drop every name for it.
 */
export function readAltNames(extensions: Map<string, Extension>): string[] | null {
  const found = extensions.get(oids.subjectAltName);
  if (found === undefined) return null;
  return readSequence(readDer(found.value)).flatMap((name) => {
    if (!generalNames.includes(name.tag)) throw unreadable('an alternative name is of no known kind');
    if (name.tag === contextTag(0, true)) mustBeOtherName(name);
    if (name.tag === contextTag(2, false)) return [name.contents.toString('latin1')];
    const address = name.tag === contextTag(7, false) ? ipFromBytes(name.contents) : null;
    return address === null ? [] : [address];
  });
}

/** `OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }`, its own tag replaced by [0]. */
function mustBeOtherName(name: Der): void {
  const [type, value, ...more] = children(name);
  if (type?.tag !== tags.oid || value?.tag !== contextTag(0, true) || more.length > 0)
    throw unreadable('an alternative name of another kind is malformed');
}

export function readAuthorityKeyIdentifier(extensions: Map<string, Extension>): Buffer | null {
  const found = extensions.get(oids.authorityKeyIdentifier);
  if (found === undefined) return null;
  return (
    readSequence(readDer(found.value)).find((part) => part.tag === contextTag(0, false))?.contents ?? null
  );
}

export function readSubjectKeyIdentifier(extensions: Map<string, Extension>): Buffer | null {
  const found = extensions.get(oids.subjectKeyIdentifier);
  return found === undefined ? null : readDer(found.value, tags.octetString).contents;
}

/** Where the certificate of the issuer can be fetched (RFC 5280 4.2.2.1), as it is written there: of any scheme. */
export function readCaIssuers(extensions: Map<string, Extension>): string[] {
  const found = extensions.get(oids.authorityInfoAccess);
  if (found === undefined) return [];
  return readSequence(readDer(found.value)).flatMap((description) => {
    const [method, location] = readSequence(description);
    const isPlace = readOid(method) === oids.caIssuers && location?.tag === contextTag(6, false);
    return isPlace ? [location.contents.toString('latin1')] : [];
  });
}

/** Whether the certificate may sign certificates. */
export function readIsCa(extensions: Map<string, Extension>): boolean {
  const found = extensions.get(oids.basicConstraints);
  if (found === undefined) return false;
  const flag = takeIf(readSequence(readDer(found.value)), tags.boolean);
  return flag !== undefined && readBoolean(flag);
}

/** Permitted DNS subtrees of a nameConstraints extension; null when there is none. */
export function readPermittedNames(extensions: Map<string, Extension>): string[] | null {
  const found = extensions.get(oids.nameConstraints);
  if (found === undefined) return null;
  const permitted = takeIf(readSequence(readDer(found.value)), contextTag(0, true));
  return (permitted === undefined ? [] : children(permitted)).flatMap((subtree) => {
    const base = readSequence(subtree)[0];
    return base?.tag === contextTag(2, false) ? [base.contents.toString('latin1')] : [];
  });
}
