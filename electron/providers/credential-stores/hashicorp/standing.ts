import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { type Forbidden, isForbidden } from './kv.ts';
import { type Login, notProved, saysMissingRight, saysNoToken, shownTime, tokenEnded } from './login.ts';

const farewellMs = 3000;
const marginMs = 10_000;
const itself = ['auth', 'token', 'lookup-self'];

/** It has ended, or will while it is being used. */
export function hasEnded({ endsAt, leaseMs }: Login, now: number): boolean {
  return endsAt !== null && now >= endsAt - Math.min(marginMs, leaseMs / 20);
}

/** What a refusal says of the token: gone, or alive and simply not allowed; `unknown` when it may not look itself up. */
export async function standingOf(
  client: VaultClient,
  of: Login,
  answer: VaultAnswer,
): Promise<'alive' | 'dead' | 'unknown'> {
  if (saysNoToken(answer)) return 'dead';
  if (of.usesLimited) return 'unknown'; // looking would spend a use
  const looked = await client.ask({ method: 'GET', path: itself, token: of.token });
  if (looked.status === 200) return seen(of);
  if (saysMissingRight(looked)) return 'alive';
  const saidOnce = of.standing === 'known' || of.standing === 'lost';
  return saysNoToken(looked) || saidOnce ? 'dead' : 'unknown';
}

/** That it may look itself up makes a later refusal to mean that it is gone. */
function seen(of: Login): 'alive' {
  of.standing = 'known';
  return 'alive';
}

/** Whether a login from before can be used on: looked up, unless that would spend one of its uses. */
export async function stillGood(client: VaultClient, repeatable: boolean, known: Login): Promise<boolean> {
  if (known.usesLimited) return true;
  const answer = await client.ask({ method: 'GET', path: itself, token: known.token });
  if (answer.status === 200) return seen(known) === 'alive';
  return !repeatable && known.standing === 'unseen' && saysMissingRight(answer);
}

/** Reads what is named to verify with; rejects with what the server said instead. */
export type Prove = (token: Secret) => Promise<object | Forbidden>;

/** Answers that no server gives to a token that it does not know. */
const onlyToKnown: ReadonlySet<string> = new Set<FailureCode>([
  'credential.not-found',
  'credential.deleted',
  'credential-store.wrong-mount',
]);

/** Throws `credential-store.login-refused` unless something proves the token: only a read can, once it is in doubt. */
export async function proveDoubted(who: string, login: Login, prove: Prove | null): Promise<void> {
  if (login.standing !== 'doubted') return;
  if (prove === null) throw notProved(who, null);
  try {
    const read = await prove(login.token);
    if (isForbidden(read) && !saysMissingRight(read.forbidden)) throw notProved(who, read.forbidden);
  } catch (thrown) {
    if (!onlyToKnown.has(asFailure(thrown).code)) throw thrown;
  }
  login.standing = 'unseen';
}

/** For people, of a login that works. Throws `credential-store.*` when the token is known to be lost. */
export function sentenceOf(
  client: VaultClient,
  { how, endsAt, renewable, usesLimited, remarks, standing: state }: Login,
): string {
  if (state === 'lost') throw tokenEnded(client.who, null);
  const plain = client.url.startsWith('http:') ? ['The connection is not encrypted: use https.'] : [];
  const renewed = renewable && !usesLimited ? ' and will be renewed before then' : '';
  const life = endsAt === null ? '.' : `; the token is valid until ${shownTime(endsAt)}${renewed}.`;
  return [`Logged in ${how}${life}`, ...remarks, ...plain].join(' ');
}

/** Tokens that we made are revoked; when that does not work they end by themselves. */
export async function giveBack(client: VaultClient, log: Log, old: Login): Promise<void> {
  if (!old.ours || old.usesLimited) return;
  const path = ['auth', 'token', 'revoke-self'];
  await client
    .ask({ method: 'POST', path, token: old.token, timeoutMs: farewellMs })
    .catch((thrown: unknown) => log.debug('a token was not revoked', { code: asFailure(thrown).code }));
}
