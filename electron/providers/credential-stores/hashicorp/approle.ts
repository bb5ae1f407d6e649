import type { Clock } from '#kit/clock.ts';
import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { unexpectedAnswer } from '../common/over-http.ts';
import type { VaultClient } from './client.ts';
import { type Login, type LoginMethod, looksLikeToken } from './login.ts';
import { authMountPath } from './paths.ts';
import type { SecretIdSource } from './secret-id.ts';
import { authAnswer, readAs } from './wire.ts';

/** Logs in with RoleID and SecretID; what it gets is a token of our own. */
export function byAppRole(
  client: VaultClient,
  settings: Pick<HashicorpSettings, 'authMount'> & { roleId: string },
  source: SecretIdSource,
  clock: Clock,
): LoginMethod {
  const mount = ['auth', ...authMountPath(settings.authMount)];
  const how = `by AppRole at ${mount.join('/')}`;

  async function logIn(): Promise<Login> {
    const { secretId, remarks } = await source.get();
    const body = { role_id: settings.roleId, secret_id: secretId.text() };
    const at = clock.now();
    const answer = await client.ask({ method: 'POST', path: [...mount, 'login'], body });
    if (answer.status >= 400)
      throw refused(client.who, mount.join('/'), answer.said, looksLikeToken(secretId));
    if (answer.status !== 200) throw unexpectedAnswer(client.who, answer, 'it returned no token');
    const { auth } = readAs(authAnswer, answer, client.who);
    const leaseMs = auth.lease_duration * 1000;
    return {
      token: Secret.of(auth.client_token),
      how,
      at,
      endsAt: leaseMs === 0 ? null : at + leaseMs,
      leaseMs,
      renewable: auth.renewable === true && auth.token_type !== 'batch' && leaseMs > 0,
      usesLimited: (auth.num_uses ?? 0) > 0,
      ours: auth.token_type !== 'batch',
      standing: 'unseen',
      remarks,
    };
  }

  return {
    logIn,
    changed: () => source.changed(),
    perishable: () => source.perishable(),
    repeatable: true,
  };
}

/** Vault gives one answer to a wrong RoleID, a wrong SecretID and one that ran out; so does the sentence. */
function refused(who: string, mount: string, said: string, isToken: boolean): Failure {
  return new Failure('credential-store.login-refused', `${who} refused the AppRole login at ${mount}.`, {
    hint: isToken
      ? 'The SecretID looks like a token. If the SecretID is wrapped in it, set appwrapped Yes. Nothing has been unwrapped yet.'
      : 'Vault does not say whether the RoleID or the SecretID is wrong, or whether the SecretID has expired or is used up. Check the RoleID and the auth mount, and set a new SecretID.',
    peerSaid: said === '' ? undefined : said,
  });
}
