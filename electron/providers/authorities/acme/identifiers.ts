import { ipText } from '../../../pki/ip.ts';
import type { Identifier } from './wire.ts';

/** RFC 8738 for addresses; each name once. */
export function identifiersOf(names: readonly string[]): Identifier[] {
  return [...new Map(names.map(identifierOf).map((one) => [`${one.type}:${one.value}`, one])).values()];
}

/** RFC 8738 for addresses. */
export function identifierOf(name: string): Identifier {
  const address = ipText(name);
  return address === null ? { type: 'dns', value: name.toLowerCase() } : { type: 'ip', value: address };
}

/** Two lists of the same names, in whatever order, give the same text. */
export function sortedIdentifiers(identifiers: readonly Identifier[]): string {
  return identifiers
    .map(({ type, value }) => `${type}:${value.toLowerCase()}`)
    .sort()
    .join(' ');
}

/** Whether it is one of those names, with or without its star. */
export function isOrdered(identifier: Identifier, names: readonly string[]): boolean {
  return identifiersOf(names).map(withoutStar).includes(withoutStar(identifier));
}

const withoutStar = ({ type, value }: Identifier): string =>
  `${type}:${value.toLowerCase().replace(/^\*\./, '')}`;
