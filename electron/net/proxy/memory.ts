import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import type { DigestChallenge } from './digest.ts';
import { type KeptLines, makeKeptLines } from './kept-lines.ts';
import type { ProxyLogin, ProxyPlace } from './place.ts';
import { Turns } from './turns.ts';

/** A nonce that may be used again, and how often it was used by which log-in. */
export interface DigestNonce {
  challenge: DigestChallenge;
  count: number;
  print: string;
}

/** What was learnt about one proxy. */
export interface PlaceMemory {
  /** What it accepted last. */
  scheme: 'basic' | 'digest' | 'ntlm' | 'negotiate' | null;
  digest: DigestNonce | null;
  /** It accepted a log-in that does not show the password: what offers Basic alone from then on may be another. */
  strong: boolean;
  turns: Turns;
  kept: KeptLines;
}

/**
 * What was learnt about proxies: schemes, nonces, kept connections. Lives as long as one proxy setting; another setting
 * needs a new one. Holds no password and nothing that one could be guessed from.
 */
export interface ProxyMemory {
  of(proxy: ProxyPlace): PlaceMemory;
  /** See `LogInTurns`. */
  print(login: ProxyLogin): string;
  /** Ends every kept connection; none is kept from then on. */
  close(): void;
}

/** A script may name a new proxy for each request. */
const mostPlaces = 256;

/**
 * Whose turn it is to log in, and what was refused, by place. One for all settings and all clients of this process: a test
 * button and a setting that is tried lock an account as well as what polls.
 */
export interface LogInTurns {
  at(name: string): Turns;
  /** Tells log-ins apart: a keyed hash, the key of which nobody else has. */
  print(login: ProxyLogin): string;
}

export function makeLogInTurns(clock: Clock): LogInTurns {
  const places = new Map<string, Turns>();
  const key = randomBytes(32);
  return {
    at: (name) => remembered(places, name, () => new Turns(clock)),
    print: ({ user, domain, password }) =>
      createHmac('sha256', key)
        .update(JSON.stringify([user, domain]))
        .update(password.bytes())
        .digest('base64'),
  };
}

export function makeProxyMemory(clock: Clock, turns = makeLogInTurns(clock)): ProxyMemory {
  const places = new Map<string, PlaceMemory>();
  const kept = makeKeptLines(clock);
  return {
    of({ host, port, tls, socks5 }) {
      const name = `${socks5 ? 'socks5' : tls ? 'https' : 'http'}://${host.toLowerCase()}:${port}`;
      return remembered(places, name, () => ({
        ...{ scheme: null, digest: null, strong: false },
        ...{ turns: turns.at(name), kept: kept.at(name) },
      }));
    },
    print: (login) => turns.print(login),
    close: () => kept.close(),
  };
}

/** What is known of a place; a new one makes room for itself by forgetting the oldest. */
function remembered<T>(places: Map<string, T>, name: string, make: () => T): T {
  const known = places.get(name);
  if (known !== undefined) return known;
  const made = make();
  const oldest = places.keys().next().value;
  if (oldest !== undefined && places.size >= mostPlaces) places.delete(oldest);
  places.set(name, made);
  return made;
}
