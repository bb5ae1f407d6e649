import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { type Login, saysNoToken, shownTime, tokenEnded } from './login.ts';

const farewellMs = 3000;
const itself = ['auth', 'token', 'lookup-self'];

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
  return saysNoToken(looked) || of.standing !== 'unseen' ? 'dead' : 'unknown';
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
  return !repeatable && known.standing === 'unseen' && !saysNoToken(answer);
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
