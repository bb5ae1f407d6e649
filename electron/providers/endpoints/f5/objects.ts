import type { Kept } from '#shared/model/changes/index.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import { type RemoteObjectChange, remoteObject } from '#shared/model/changes/remote-object.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { clientMembers, entryOfMember, pairOf, serverMembers } from './chain-text.ts';
import { type BigipClient, tilde } from './client.ts';
import { paths } from './view.ts';
import { certificateObject, clientSslProfile, keyObject, serverSslProfile } from './wire.ts';

type State = RemoteObjectChange['before'];

/** How an object is now; null: it is not there. Of a key only that it is there is told. */
export async function stateOf(client: BigipClient, path: string): Promise<State> {
  if (path.startsWith(`${paths.key}/`)) {
    const found = await client.get(path, keyObject);
    return found === null ? null : { content: null, members: {} };
  }
  if (path.startsWith(`${paths.certificate}/`)) {
    const found = await client.get(path, certificateObject);
    return found === null ? null : { content: found.fingerprint, members: {} };
  }
  if (path.startsWith(`${paths.clientSsl}/`)) {
    const found = await client.get(path, clientSslProfile);
    return found === null ? null : { content: null, members: clientMembers(found) };
  }
  const found = await client.get(path, serverSslProfile);
  return found === null ? null : { content: null, members: serverMembers(found) };
}

/** What is different now from what these changes begin with, for people. */
export async function driftOf(
  client: BigipClient,
  changes: readonly RemoteObjectChange[],
): Promise<string[]> {
  const each = await Promise.all(
    changes.map(async (one) => remoteObject.drift(one, await stateOf(client, one.path))),
  );
  return each.flat();
}

export type KeptObject = Extract<Kept, { kind: 'remote-object' }>;

/** What is kept to undo a plan: how the profile was, and which objects were not there. */
export const keptOf = (plan: InstallPlan): KeptObject[] =>
  changesOf(plan.changes, 'remote-object').map(({ kind, path, before }) => ({ kind, path, before }));

/** What `PATCH` takes to give a profile these settings; the certificates that are not named stay as they are. */
export async function patchFor(
  client: BigipClient,
  path: string,
  members: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const hasChain = async (chain: string): Promise<boolean> =>
    (await stateOf(client, `${paths.certificate}/${tilde(chain)}`)) !== null;
  if (!path.startsWith(`${paths.clientSsl}/`)) {
    const pair = await pairOf(members.certificate ?? '', hasChain);
    if (pair === null) throw new Error('the settings of a server-SSL profile name no pair');
    return { cert: pair.cert, key: pair.key, chain: pair.chain ?? 'none' };
  }
  if (members.inheritCertkeychain === 'true') return { inheritCertkeychain: 'true' };
  const now = await client.get(path, clientSslProfile);
  const entries = await Promise.all(
    (now?.certKeyChain ?? []).map(async ({ name, cert, key, chain, ocspStaplingParams, usage }) => {
      const wanted = Object.entries(members).find(([member]) => entryOfMember(member) === name);
      const pair = wanted === undefined ? { cert, key, chain } : await pairOf(wanted[1], hasChain);
      const ocsp = ocspStaplingParams === null ? {} : { ocspStaplingParams };
      const use = usage === null || usage === 'SERVER' ? {} : { usage };
      const named = { cert: pair?.cert ?? cert, key: pair?.key ?? key, chain: pair?.chain ?? 'none' };
      return { name, ...named, ...ocsp, ...use };
    }),
  );
  const inherits = members.inheritCertkeychain === undefined ? {} : { inheritCertkeychain: 'false' };
  return { ...inherits, certKeyChain: entries };
}
