import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { readStart } from '#kit/read-start.ts';
import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import { Failure } from '#shared/failure.ts';
import type { CredentialStoreSettings } from '#shared/model/credential-store.ts';
import type { Http } from '../../../net/http.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { mapFields } from '../common/fields.ts';
import { makeVerify } from '../common/verify.ts';
import {
  type CredentialStore,
  type StoredCredential,
  type StoreState,
  wipeCredential,
} from '../credential-store.ts';
import { byAppRole } from './approle.ts';
import { makeVaultClient, type VaultClient } from './client.ts';
import { type Forbidden, isForbidden, Kv } from './kv.ts';
import type { LoginMethod } from './login.ts';
import { type SecretPath, secretPath } from './paths.ts';
import type { ReadSecretFile } from './secret-file.ts';
import { SecretIdSource } from './secret-id.ts';
import { VaultSession } from './session.ts';
import { TokenLogin } from './token.ts';
import { makeUnwrap } from './unwrap.ts';

interface HashicorpParts {
  id: string;
  settings: HashicorpSettings;
  state: StoreState;
  http: Http;
  clock: Clock;
  log: Log;
  readFile?: ReadSecretFile | undefined;
  /** In use, a person has to act: what it logs in with is lost, or will be. */
  lost?: ((why: Failure) => void) | undefined;
  /** 0 to 1, for jitter. */
  random?: (() => number) | undefined;
}

/**
 * Credentials in the KV engine (version 1 or 2) of HashiCorp Vault or OpenBao. Nothing is asked before the first use;
 * watched, its token is kept alive, and its SecretID unwrapped, before anybody reads.
 */
export function makeHashicorpStore(parts: HashicorpParts): CredentialStore {
  const { settings, http, clock, log } = parts;
  const client = makeVaultClient(settings, http, clock);
  const method = methodOf(parts, client);
  const { random = Math.random, lost = () => {} } = parts;
  const session = new VaultSession({ client, method, clock, log, random, lost });
  return new HashicorpStore(parts, { client, session, kv: new Kv(client, clock), users: 0 });
}

/** A login, and what was found out with it, of all adapters whose settings differ in nothing that it depends on. */
interface Shared {
  client: VaultClient;
  session: VaultSession;
  kv: Kv;
  /** How many are open: the last one to close ends the login. */
  users: number;
}

class HashicorpStore implements CredentialStore {
  readonly description: string;
  readonly verify: CredentialStore['verify'];
  readonly #parts: HashicorpParts;
  readonly #shared: Shared;
  #closed = false;

  constructor(parts: HashicorpParts, shared: Shared) {
    const { http, clock } = parts;
    const { client, session } = shared;
    const { verify: toRead, trustedRootsPem } = parts.settings;
    this.#parts = parts;
    this.#shared = shared;
    shared.users++;
    this.description = client.who;
    this.verify = makeVerify({
      ...{ http, url: client.url, trustedRootsPem, clock },
      logIn: (signal) =>
        session.check(toRead === null ? null : (token) => this.#prove(toRead, token, signal), signal),
      read: toRead === null ? null : (signal) => this.#readToVerify(toRead, signal),
    });
  }

  async read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    const { client, session, kv } = this.#shared;
    const { rootPath, fieldNames } = this.#parts.settings;
    const path = secretPath(rootPath, id);
    const result = await session.use(({ token }) => kv.read(path, token, signal), signal);
    if (isForbidden(result)) throw denied(client.who, path, result);
    const what = `The secret "${path.shown}" of ${client.who}`;
    return { ...mapFields(result.record, what, fieldNames), about: result.about };
  }

  watch(): void {
    this.#shared.session.watch();
  }

  withSettings(settings: CredentialStoreSettings): CredentialStore | null {
    if (this.#closed || settings.kind !== 'hashicorp') return null;
    const same = loginTerms(settings) === loginTerms(this.#parts.settings);
    return same ? new HashicorpStore({ ...this.#parts, settings }, this.#shared) : null;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#shared.users--;
    if (this.#shared.users === 0) await this.#shared.session.close();
  }

  #prove(id: string, token: Secret, signal?: AbortSignal) {
    return this.#shared.kv.read(secretPath(this.#parts.settings.rootPath, id), token, signal);
  }

  async #readToVerify(id: string, signal?: AbortSignal): Promise<string> {
    const found = await this.read(id, signal);
    const { password, privateKey, passphrase } = found;
    const has = [
      ...(found.username === null ? [] : ['a user name']),
      ...(password === null ? [] : ['a password']),
      ...(privateKey === null ? [] : ['a private key']),
      ...(passphrase === null ? [] : ['a passphrase']),
    ];
    wipeCredential(found);
    return `Read "${id}" (${found.about.join(', ')}): it has ${has.join(' and ')}.`;
  }
}

/** What a login is made with, but for the secrets. */
function loginTerms(settings: HashicorpSettings): string {
  const { vaultUrl, auth, authMount, namespace, trustedRootsPem } = settings;
  return JSON.stringify([vaultUrl, auth, authMount, namespace, trustedRootsPem]);
}

function methodOf(parts: HashicorpParts, client: VaultClient): LoginMethod {
  const { settings, state, clock, log } = parts;
  const { auth, authMount, namespace } = settings;
  switch (auth.type) {
    case 'Token':
      return new TokenLogin(client, state, clock);
    case 'AppRoleSecret':
    case 'AppRoleFile': {
      const unwrap = makeUnwrap(client, authMount, namespace);
      const readFile = parts.readFile ?? readStart;
      const source = new SecretIdSource({ auth, who: client.who, state, unwrap, readFile, log });
      return byAppRole(client, { authMount, roleId: auth.roleId }, source, clock);
    }
    default:
      return never(auth);
  }
}

/** Vault hides whether a mount exists from who may not see it. */
function denied(
  who: string,
  { shown }: SecretPath,
  { forbidden, apiPath, tokenInDoubt }: Forbidden,
): Failure {
  const peerSaid = forbidden.said === '' ? undefined : forbidden.said;
  const doubt = tokenInDoubt === true ? ', or its token has expired or was used up' : '';
  if (apiPath !== null)
    return new Failure('credential.denied', `${who} does not allow this login to read "${shown}"${doubt}.`, {
      hint: `Give its policy the capability read on the path ${apiPath}.`,
      peerSaid,
    });
  return new Failure(
    'credential.denied',
    `Either this login is not allowed to read "${shown}" in ${who}, or there is no such mount${doubt}. The server gives the same answer to both.`,
    {
      hint: 'Check the root path (it begins with the mount) and the namespace, and that a policy of this login allows reading there. For a mount with slashes in its name, end the mount in the root path with /data.',
      peerSaid,
    },
  );
}
