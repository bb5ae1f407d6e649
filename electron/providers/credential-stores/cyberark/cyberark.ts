import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import { Failure } from '#shared/failure.ts';
import type { StoreReport } from '#shared/model/credential-store.ts';
import type { ClientCertificate, Http } from '../../../net/http.ts';
import { nameText } from '../../../pki/distinguished-name.ts';
import { expiryWarning } from '../../../pki/read-pfx.ts';
import { parseX509 } from '../../../pki/x509.ts';
import { type JsonAnswer, requestJson, unexpectedAnswer } from '../common/over-http.ts';
import { makeVerify, readToVerify } from '../common/verify.ts';
import {
  type CredentialStore,
  type StoredCredential,
  type StoreState,
  storeSecrets,
} from '../credential-store.ts';
import { accountsAddress, type CcpQuery, parseQuery, queryUrl, spoiledIn } from './query.ts';
import { type Asked, onlyTheQuestionWasWrong, refused } from './refusals.ts';
import { account, credentialOf } from './wire.ts';

interface CyberarkParts {
  /** `cs_…` */
  id: string;
  settings: CyberarkSettings;
  state: StoreState;
  http: Http;
  clock: Clock;
  log: Log;
}

/** The CCP may wait for its vault as long as it is told; our own patience ends a little later. */
const patience = { usualSeconds: 30, besidesMs: 10_000 };

/** CyberArk's Central Credential Provider: one GET for each read, no session. The application is proved by address or certificate. */
export class CyberarkStore implements CredentialStore {
  readonly description: string;
  readonly #settings: CyberarkSettings;
  readonly #state: StoreState;
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #address: string;

  constructor(parts: CyberarkParts) {
    this.#settings = parts.settings;
    this.#state = parts.state;
    this.#http = parts.http;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#address = accountsAddress(parts.settings.ccpUrl);
    this.description = `CyberArk CCP at ${new URL(this.#address).host}`;
  }

  async close(): Promise<void> {}

  async read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    const answer = await this.#ask(parseQuery(id), signal);
    if (answer.status !== 200) throw refused(answer, this.#asked(id));
    const found = account.safeParse(answer.json);
    if (!found.success) throw unexpectedAnswer(this.description, answer, 'no account with Content');
    if (found.data.Content === '') throw emptyAccount(this.description, id);
    const credential = credentialOf(found.data);
    if (credential.changeInProcess)
      this.#log.info('a password change is in process', { store: this.description });
    return credential;
  }

  async verify(signal?: AbortSignal): Promise<StoreReport> {
    const { verify: probe } = this.#settings;
    let shown: ClientCertificate | null = null;
    const verifyLogin = makeVerify({
      http: this.#http,
      url: this.#address,
      trustedRootsPem: this.#settings.trustedRootsPem,
      clock: this.#clock,
      logIn: (at) => this.#logIn(at),
      clientCertificate: () => {
        shown = this.#clientCertificate();
        return shown;
      },
      read: probe === null ? null : (at) => readToVerify(this.read(probe, at), `"${probe}"`),
    });
    try {
      return await verifyLogin(signal);
    } finally {
      (shown as ClientCertificate | null)?.key.wipe();
    }
  }

  /** Opened at the moment of use; the caller wipes the key. */
  #clientCertificate(): ClientCertificate | null {
    if (!this.#settings.hasCertificate) return null;
    const certificate = this.#state.secret(storeSecrets.clientCertificate);
    const key = this.#state.secret(storeSecrets.clientKey);
    if (certificate === null || key === null) throw certificateMissing(this.description);
    return { certificatePem: certificate.text(), key };
  }

  async #ask(query: CcpQuery, signal: AbortSignal | undefined): Promise<JsonAnswer> {
    demandPlain('application ID', this.#settings.appId);
    demandPlain('reason', this.#settings.reason ?? '');
    const seconds = Number(query.get('ConnectionTimeout') ?? patience.usualSeconds);
    const url = queryUrl(
      this.#address,
      this.#settings.appId,
      query,
      query.size === 0 ? null : this.#settings.reason,
    );
    const shown = this.#clientCertificate();
    try {
      const { trustedRootsPem } = this.#settings;
      const timeoutMs = seconds * 1000 + patience.besidesMs;
      const terms = { trustedRootsPem, clientCertificate: shown ?? undefined, timeoutMs, signal };
      return await requestJson(this.#http, { method: 'GET', url, ...terms }, this.description);
    } finally {
      shown?.key.wipe();
    }
  }

  #asked(id: string | null): Asked {
    return {
      ...{ who: this.description, appId: this.#settings.appId, id, now: this.#clock.now() },
      showedCertificate: this.#settings.hasCertificate,
    };
  }

  /** There is no log-in: a question without an object shows that a CCP answers and lets us ask. */
  async #logIn(signal?: AbortSignal): Promise<string> {
    const answer = await this.#ask(new Map(), signal);
    if (answer.status !== 200 && !onlyTheQuestionWasWrong(answer)) throw refused(answer, this.#asked(null));
    const sentence = `The CCP answers. It checks the application ${this.#settings.appId} with each read.`;
    const warning = this.#expiry();
    return warning === null ? sentence : `${sentence} ${warning}`;
  }

  #expiry(): string | null {
    const kept = this.#settings.hasCertificate ? this.#state.secret(storeSecrets.clientCertificate) : null;
    if (kept === null) return null;
    const { subject, notAfter } = parseX509(kept.text());
    return expiryWarning({ subject: nameText(subject), notAfter }, this.#clock.now());
  }
}

function demandPlain(name: string, value: string): void {
  const bad = spoiledIn(value);
  if (bad === null) return;
  throw new Failure(
    'credential-store.bad-settings',
    `The ${name} has ${bad}, which the CCP does not accept.`,
    {
      hint: `Write the ${name} without +, & and %.`,
    },
  );
}

function certificateMissing(who: string): Failure {
  return new Failure(
    'credential-store.no-certificate',
    `The client certificate for ${who} is not kept here.`,
    {
      hint: 'Set the certificate (authcert) and its password again.',
    },
  );
}

function emptyAccount(who: string, id: string): Failure {
  return new Failure(
    'credential.unusable',
    `The account for "${id}" of ${who} has neither a password nor a key.`,
    {
      hint: 'Check the account in CyberArk.',
    },
  );
}
