import { children, type Der, expect, readOid, readSequence, readText, tags } from './der.ts';
import { ipText } from './ip.ts';
import { attributeNames, oids } from './oids.ts';
import { oid, sequence, setOf, utf8 } from './write-der.ts';

/** A Name with one common name, or the empty Name. */
export function commonNameOnly(commonName: string | null): Buffer {
  return commonName === null ? sequence() : sequence(setOf(sequence(oid(oids.commonName), utf8(commonName))));
}

/** Subject for these names: the first DNS name as common name when it fits in its 64 characters, else empty. */
export function subjectFor(names: readonly string[]): Buffer {
  const first = names.find((name) => ipText(name) === null);
  return commonNameOnly(first !== undefined && first.length <= 64 ? first : null);
}

/** The attributes, in their order. */
export function readAttributes(name: Der): { type: string; value: string }[] {
  return readSequence(name).flatMap((relative) =>
    children(expect(relative, tags.set)).map((attribute) => {
      const [type, value] = readSequence(attribute);
      if (value === undefined) return { type: readOid(type), value: '' };
      return { type: readOid(type), value: readText(value) };
    }),
  );
}

/** The common names in it, in their order: usually one. */
export function commonNames(name: Der): string[] {
  return readAttributes(name).flatMap(({ type, value }) => (type === oids.commonName ? [value] : []));
}

/** As people read it, the most specific part first: `CN=www.example.org, O=Example`. Escaped as in RFC 4514. */
export function nameText(name: Der): string {
  return readAttributes(name)
    .reverse()
    .map(({ type, value }) => `${attributeNames[type] ?? type}=${escaped(value)}`)
    .join(', ');
}

function escaped(value: string): string {
  return [...value]
    .map((character) => {
      if (character === '\\') return '\\\\';
      return character < ' ' || character === '\u007f' ? hexPair(character) : character;
    })
    .join('')
    .replace(/[,+"<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<!\\) $/, '\\ ');
}

function hexPair(control: string): string {
  return `\\${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
