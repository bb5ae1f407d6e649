import { z } from 'zod';
import type { Field, Flat } from '../field.ts';
import { invalid, number, text } from '../flat.ts';
import type { ToldConnection } from './definition.ts';
import { fieldsToLogIn, type LoginWay } from './login.ts';

/** Where another machine is, and as whom it is logged in to. */
export interface RemoteSettings {
  host: string;
  port: number;
  /** Empty only with a credential store: then the credential's own user name is used. */
  user: string;
  auth: LoginWay;
  /** Id of the credential store (`cs_…`) the login is read from at the moment of use. */
  store: string | null;
  storeCredentialId: string | null;
}

interface Remote<W extends LoginWay> {
  /** The protocol, for people. */
  called: string;
  usualPort: number;
  ways: readonly [W, ...W[]];
}

/** What all connections to another machine ask, tell and are bound to alike. */
export function remoteLogin<W extends LoginWay>({ called, usualPort, ways }: Remote<W>) {
  return {
    /** Of the settings. */
    shape: {
      host: z.string().min(1).max(255),
      port: z.number().int().min(1).max(65535),
      user: z.string(),
      auth: z.enum(ways),
      store: z.string().nullable().default(null),
      storeCredentialId: z.string().nullable().default(null),
    },
    fields: [...placeFields(called, usualPort), ...fieldsToLogIn(ways)],
    told: ({ host, port, user, auth, store, storeCredentialId }: RemoteSettings, pinned: string | null) =>
      ({
        address: { host, port },
        login: { user, way: auth, store, storeCredentialId },
        pinned,
      }) satisfies ToldConnection,
    toFlat: ({ host, port, user, store, storeCredentialId }: RemoteSettings): Flat => ({
      host,
      port,
      user: user === '' ? undefined : user,
      store: store ?? undefined,
      store_cred_id: storeCredentialId ?? undefined,
    }),
    /** Throws `input.invalid`. */
    from(flat: Flat, way: LoginWay | null, type: string) {
      const host = text(flat, 'host');
      const user = text(flat, 'user');
      const auth = ways.find((one) => one === way);
      const fromStore = auth === 'credential-store';
      if (host === null) throw invalid(`Host is required for the connection type ${type}.`, 'Add --host.');
      if (!isHost(host))
        throw invalid(
          `Host must be a name or an address alone, not "${host}".`,
          'Leave out what is before and after it; the port has an option of its own, --port.',
        );
      if (user === null && !fromStore)
        throw invalid(`User is required for the connection type ${type}.`, 'Add --user.');
      if (auth === undefined) throw noLogin(type, ways);
      return {
        ...{ host, port: number(flat, 'port', usualPort), user: user ?? '', auth },
        store: fromStore ? text(flat, 'store') : null,
        storeCredentialId: fromStore ? text(flat, 'store_cred_id') : null,
      };
    },
    /** Whose user name it is depends on the credential where none is given. */
    bound: ({ host, port, user, store, storeCredentialId }: RemoteSettings): Record<string, unknown> =>
      user === '' ? { host, port, user, store, storeCredentialId } : { host, port, user },
  };
}

/** No URL, no `user@host` and no `host:port`: an IPv6 address has several colons, and no brackets here. */
function isHost(host: string): boolean {
  return /^[^\s/\\?#@[\]]+$/.test(host) && !/^[^:]*:\d*$/.test(host);
}

function noLogin(type: string, ways: readonly LoginWay[]) {
  const key = ways.includes('private-key');
  return invalid(
    `A password ${key ? 'or an SSH key ' : ''}is required for the connection type ${type}.`,
    `Add ${key ? '--ssh_key_path or ' : ''}--store with --store_cred_id, or give the password when asked for it.`,
  );
}

/** Where, and as whom. */
const placeFields = (called: string, usualPort: number): readonly Field[] => [
  {
    name: 'host',
    label: 'Host',
    help: 'Remote host name or address, 1 to 255 characters.',
    hint: 'Name or address of the host.',
    kind: 'text',
    min: 1,
    max: 255,
  },
  {
    name: 'port',
    label: 'Port',
    help: `Remote port, 1 to 65535. Default for ${called}: ${usualPort}.`,
    hint: `Default for ${called}: ${usualPort}.`,
    kind: 'number',
    min: 1,
    max: 65535,
  },
  { name: 'user', label: 'User', help: 'User name to log in with.', kind: 'text', min: 1, max: 255 },
];

/** A fingerprint as OpenSSH prints one, without the sign that fills up; null: it is none. */
export function fingerprintIn(value: string): string | null {
  return /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(value) ? value.replace(/=$/, '') : null;
}
