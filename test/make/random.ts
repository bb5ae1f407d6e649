/** Reproducible chance for tests: the same seed gives the same values. */
export interface Chance {
  /** 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(choices: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** A linear congruential generator (Knuth's MMIX constants), upper bits used. */
export function makeChance(seed: number): Chance {
  let state = BigInt(seed);
  const int = (below: number): number => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 33n) % below;
  };
  return {
    int,
    pick: (choices) => choices[int(choices.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(256))),
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A host name, wildcard or IP address that may be in a certificate. */
export function randomName(chance: Chance): string {
  const label = (): string => {
    const middle = Array.from({ length: chance.int(20) }, () => chance.pick([...letters, '-'])).join('');
    return `${chance.pick([...letters])}${middle}${chance.pick([...letters])}`.replace(/^(..)--/, '$1xx');
  };
  const host = [...Array.from({ length: 1 + chance.int(3) }, label), chance.pick(['org', 'internal', 'lan'])];
  switch (chance.int(6)) {
    case 0:
      return `*.${host.join('.')}`;
    case 1:
      return [...chance.bytes(4)].join('.');
    case 2:
      return Array.from({ length: 8 }, () => chance.pick([0, 0, chance.int(65536)]).toString(16)).join(':');
    case 3:
      return host.join('.').toUpperCase();
    default:
      return host.join('.');
  }
}
