import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { unexpectedAnswer } from '../common/over-http.ts';
import type { VaultClient } from './client.ts';
import { cleanText, looksLikeSecretId } from './login.ts';
import { authMountPath, splitPath } from './paths.ts';
import { readAs, secretIdAnswer, wrappingAnswer } from './wire.ts';

/**
 * Takes the SecretID out of a wrapping token, which works once. Looks first at what is inside: a token that holds
 * another answer was put in the place of ours. `credential-store.wrapping-used` when it is not valid (any more), or
 * `…not-a-wrapping-token` when it looks like a SecretID;
 * `triedBefore`: an earlier try of ours may have been what used it. `begin` runs just before it is used.
 */
export type Unwrap = (wrapping: Secret, triedBefore: boolean, begin: () => void) => Promise<Secret>;

export function makeUnwrap(client: VaultClient, authMount: string, namespace: string | null): Unwrap {
  const mount = `auth/${authMountPath(authMount).join('/')}/role/`;

  /** A server or a gateway that forbids the look does not forbid the use. */
  async function lookUpWrapping(wrapping: Secret, triedBefore: boolean): Promise<void> {
    const path = ['sys', 'wrapping', 'lookup'];
    const answer = await client.ask({ method: 'POST', path, body: { token: wrapping.text() } });
    if (answer.status === 403 || answer.status === 404) return;
    if (answer.status === 400) throw notWrapping(wrapping, answer.said, triedBefore);
    const from = readAs(wrappingAnswer, answer, client.who).data.creation_path ?? null;
    if (from === null || isSecretIdPath(from)) return;
    throw new Failure(
      'credential-store.wrapping-foreign',
      `The wrapping token for ${client.who} contains the answer of ${from.slice(0, 200)}, not a SecretID of ${mount}…. It may have been replaced on its way.`,
      { hint: 'It was not used. Inform the person who gave it to you, and request a new wrapped SecretID.' },
    );
  }

  function notWrapping(wrapping: Secret, said: string, triedBefore: boolean): Failure {
    if (!looksLikeSecretId(wrapping)) return wrappingUsed(client.who, said, triedBefore);
    return new Failure(
      'credential-store.not-a-wrapping-token',
      `The wrapping token for ${client.who} is not one. It looks like a SecretID.`,
      { hint: 'If it is the SecretID itself, set appwrapped No.', peerSaid: said },
    );
  }

  function isSecretIdPath(path: string): boolean {
    const inside = `${splitPath(namespace ?? '').join('/')}/`;
    const bare = path.startsWith(inside) && inside !== '/' ? path.slice(inside.length) : path;
    return bare.startsWith(mount) && /^[^/]+\/(custom-)?secret-id$/.test(bare.slice(mount.length));
  }

  return async (wrapping, triedBefore, begin) => {
    await lookUpWrapping(wrapping, triedBefore);
    begin();
    // the token stands in the header alone: in the body as well it would be used twice and be revoked
    const path = ['sys', 'wrapping', 'unwrap'];
    const answer = await client.ask({ method: 'POST', path, token: wrapping });
    if (answer.status === 400 || answer.status === 403) throw notWrapping(wrapping, answer.said, triedBefore);
    if (answer.status !== 200) throw unexpectedAnswer(client.who, answer, 'it unwraps nothing');
    const secretId = cleanText(readAs(secretIdAnswer, answer, client.who).data.secret_id);
    if (secretId === null) throw unexpectedAnswer(client.who, answer, 'nothing usable in data.secret_id');
    return Secret.of(secretId);
  };
}

export function wrappingUsed(who: string, said: string, triedBefore: boolean): Failure {
  const peerSaid = said === '' ? undefined : said;
  if (triedBefore)
    return new Failure(
      'credential-store.wrapping-used',
      `The wrapping token for ${who} has already been used or has expired: an earlier attempt of Trustkeep was interrupted, and it or someone else has used it.`,
      { hint: 'Request a new wrapped SecretID, and have the SecretID of this one destroyed.', peerSaid },
    );
  return new Failure(
    'credential-store.wrapping-used',
    `The wrapping token for ${who} has already been used or has expired: someone else may have read the SecretID in it.`,
    {
      hint: 'Request a new one, and have the SecretID of this one destroyed unless it had only expired.',
      peerSaid,
    },
  );
}
