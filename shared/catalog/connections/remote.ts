import { z } from 'zod';
import type { Field, Flat } from '../field.ts';
import { invalid, number, text } from '../flat.ts';
import type { ToldConnection } from './definition.ts';
import { fieldsToLogIn, type LoginWay } from './login.ts';

/** How iControl REST is logged in to. A key cannot be shown there. */
export const icontrolWays = ['password', 'credential-store'] as const;
export const icontrolPort = 443;

export const icontrolShape = {
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  /** Empty only with a credential store: then the credential's own user name is used. */
  user: z.string(),
  auth: z.enum(icontrolWays),
  /** Id of the credential store (`cs_…`) the login is read from at the moment of use. */
  store: z.string().nullable(),
  storeCredentialId: z.string().nullable(),
};
const icontrolSettings = z.object(icontrolShape);
export type IcontrolSettings = z.infer<typeof icontrolSettings>;

/** Where, and as whom. */
export const icontrolFields: readonly Field[] = [
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
    help: `Remote port, 1 to 65535. Default for REST: ${icontrolPort}.`,
    hint: `Default for REST: ${icontrolPort}.`,
    kind: 'number',
    min: 1,
    max: 65535,
  },
  { name: 'user', label: 'User', help: 'User name to log in with.', kind: 'text', min: 1, max: 255 },
  ...fieldsToLogIn(icontrolWays),
];

export function icontrolTold(settings: IcontrolSettings, pinned: string | null): ToldConnection {
  const { host, port, user, auth, store, storeCredentialId } = settings;
  return { address: { host, port }, login: { user, way: auth, store, storeCredentialId }, pinned };
}

export const icontrolToFlat = ({ host, port, user, store, storeCredentialId }: IcontrolSettings): Flat => ({
  host,
  port,
  user: user === '' ? undefined : user,
  store: store ?? undefined,
  store_cred_id: storeCredentialId ?? undefined,
});

/** Throws `input.invalid`. */
export function icontrolFrom(flat: Flat, way: LoginWay | null, type: string): IcontrolSettings {
  const host = text(flat, 'host');
  const user = text(flat, 'user');
  const auth = icontrolWays.find((one) => one === way);
  if (host === null) throw invalid(`Host is required for the connection type ${type}.`, 'Add --host.');
  if (user === null && auth !== 'credential-store')
    throw invalid(`User is required for the connection type ${type}.`, 'Add --user.');
  if (auth === undefined)
    throw invalid(
      `A password is required for the connection type ${type}.`,
      'Add --store with --store_cred_id, or give the password when asked for it.',
    );
  const fromStore = auth === 'credential-store';
  return {
    ...{ host, port: number(flat, 'port', icontrolPort), user: user ?? '', auth },
    store: fromStore ? text(flat, 'store') : null,
    storeCredentialId: fromStore ? text(flat, 'store_cred_id') : null,
  };
}

/** Whose user name it is depends on the credential where none is given. */
export function icontrolBound(settings: IcontrolSettings): Record<string, unknown> {
  const { host, port, user, store, storeCredentialId } = settings;
  return user === '' ? { host, port, user, store, storeCredentialId } : { host, port, user };
}
