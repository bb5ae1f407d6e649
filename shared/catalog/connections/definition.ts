import type { z } from 'zod';
import type { FailureCode } from '../../failure-codes.ts';
import type { CheckName } from '../../model/probe-check.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Flat } from '../field.ts';
import type { LoginWay } from './login.ts';
import type { Unverified } from './unverified.ts';

/** What a connection gives: a host (run programs, read and write files), or something that answers requests. */
type ConnectionKind = 'host' | 'requests';

/** What an endpoint type decides by when it says which connections it takes. */
export interface ConnectionTraits {
  kind: ConnectionKind;
  /** What is at the other end, as far as the type says it; `any`: it is found out there. */
  system: 'any' | 'posix' | 'windows';
}

/** What the other side shows of itself, and what is pinned of it. */
interface ConnectionIdentity {
  /** As checks and audit rows name it: `host-key`. */
  id: CheckName;
  /** For people, with a capital letter. */
  label: string;
  /** The field it is given in. Cleared, the next connection pins what it sees. */
  field: string;
  /** Without one, that of the first connection is pinned; else it is verified in another way. */
  pinsFirst: boolean;
  /** How a person sees it on the host itself, in a few words. */
  seenBy: string;
  /** Code of the failure that says that it is not the pinned one. */
  changed: FailureCode;
}

export interface ConnectionLogin {
  /** Empty: the user name of the credential is used. */
  user: string;
  way: LoginWay;
  /** Id of the credential store, and the credential in it; null with other ways. */
  store: string | null;
  storeCredentialId: string | null;
}

/** What settings say, whatever their type. */
export interface ToldConnection {
  /** Null: it leads nowhere else, or to what has no address (a container). */
  address: { host: string; port: number } | null;
  /** Null: nobody logs in. */
  login: ConnectionLogin | null;
  /** The identity that must be shown; null: none is known yet, or there is nothing to know it by. */
  pinned: string | null;
}

/** One way to reach an endpoint described as data: everything that is known of it on both sides of every process line. */
export interface ConnectionDefinition<I extends string, S> extends Descriptor, ConnectionTraits {
  id: I;
  /** The endpoint is on the agent's own machine: its paths are paths of this one. */
  runsHere: boolean;
  /** How it can log in, the usual way first; none: nobody logs in. */
  authenticates: readonly LoginWay[];
  /** Code of the failure that says that the login was refused; null: nobody logs in. */
  refused: FailureCode | null;
  /** What the other side is known by; null: nothing. */
  identity: ConnectionIdentity | null;
  /** The port that need not be said; null: there is none. */
  usualPort: number | null;
  told(settings: S): ToldConnection;
  /** Who answers is checked. Else `unverified` tells why not, and until when. */
  verifies: boolean;
  unverified(settings: S): Unverified | null;
  /** The same settings with another pinned identity; null: what is seen next. */
  pin(settings: S, identity: string | null): S;
  /** For people: `this machine`, `ssh deploy@web1:22`. */
  described(settings: S): string;
  /** By the names of the fields; `store` by its id. Holds no secret. */
  toFlat(settings: S): Flat;
  /**
   * Flat input that fits the contract, with its defaults and `store` by its id. `way`: how the login is given; null: not at
   * all. Throws `input.invalid`.
   */
  fromFlat(flat: Flat, way: LoginWay | null): S;
  /** What a yes is bound to: everything that says which machine is reached, and as whom. Hashed, so its shape is kept. */
  bound(settings: S): Record<string, unknown>;
}

type Optional =
  | 'authenticates'
  | 'refused'
  | 'identity'
  | 'usualPort'
  | 'pin'
  | 'described'
  | 'unverified'
  | 'verifies';

/** Fills in what follows from the rest. */
export function defineConnection<const I extends string, Z extends z.ZodObject<{ type: z.ZodLiteral<I> }>>(
  given: { settings: Z } & Omit<ConnectionDefinition<I, z.infer<Z>>, Optional> &
    Partial<Pick<ConnectionDefinition<I, z.infer<Z>>, Optional>>,
): ConnectionDefinition<I, z.infer<Z>> & { settings: Z } {
  return {
    authenticates: [],
    refused: null,
    identity: null,
    usualPort: null,
    pin: (settings) => settings,
    verifies: true,
    unverified: () => null,
    described: (settings) => [given.id, placeOf(given.told(settings))].filter(Boolean).join(' '),
    ...given,
  };
}

/** `deploy@web1:22`, without the port when it is `usualPort`. Null: it leads nowhere else. */
export function placeOf({ address, login }: ToldConnection, usualPort: number | null = null): string | null {
  if (address === null) return null;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const port = address.port === usualPort ? '' : `:${address.port}`;
  return `${login === null || login.user === '' ? '' : `${login.user}@`}${host}${port}`;
}
