import { ipText } from '../../../pki/ip.ts';
import type { Identifier } from './wire.ts';

/** RFC 8738 for addresses; each name once. */
export function identifiersOf(names: readonly string[]): Identifier[] {
  const all = names.map((name) => {
    const address = ipText(name);
    return address === null ? { type: 'dns', value: name.toLowerCase() } : { type: 'ip', value: address };
  });
  return [...new Map(all.map((one) => [`${one.type}:${one.value}`, one])).values()];
}

/** Two lists of the same names, in whatever order, give the same text. */
export function sortedIdentifiers(identifiers: readonly Identifier[]): string {
  return identifiers
    .map(({ type, value }) => `${type}:${value.toLowerCase()}`)
    .sort()
    .join(' ');
}
