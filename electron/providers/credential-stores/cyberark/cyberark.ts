import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import { Failure } from '#shared/failure.ts';
import type { ClientCertificate, Http } from '../../../net/http.ts';
import { nameText } from '../../../pki/distinguished-name.ts';
import { expiryWarning } from '../../../pki/read-pfx.ts';
import { parseX509 } from '../../../pki/x509.ts';
import { type JsonAnswer, requestJson, unexpectedAnswer } from '../common/over-http.ts';
import { makeVerify } from '../common/verify.ts';
import {
  type CredentialStore,
  type StoredCredential,
  type StoreKeep,
  storeSecrets,
} from '../credential-store.ts';
import { accountsAddress, type CcpQuery, parseQuery, queryUrl, spoiledIn } from './query.ts';
import { type Asked, onlyTheQuestionWasWrong, refused } from './refusals.ts';
import { account, credentialOf } from './wire.ts';

interface CyberarkParts {
  /** `cs_…` */
  id: string;
  settings: CyberarkSettings;
  keep: StoreKeep;
  http: Http;
  clock: Clock;
  log: Log;
}

/** The CCP may wait for its vault as long as it is told; our own patience ends a little later. */
const patience = { usualSeconds: 30, besidesMs: 10_000 };

/** CyberArk's Central Credential Provider: one GET for each read, no session. The application is proved by address or certificate. */
export function makeCyberarkStore({ settings, keep, http, clock, log }: CyberarkParts): CredentialStore {
  const address = accountsAddress(settings.ccpUrl);
  const who = `CyberArk CCP at ${new URL(address).host}`;

  /** Opened at the moment of use; the caller wipes the key. */
  function clientCertificate(): ClientCertificate | null {
    if (!settings.hasCertificate) return null;
    const certificate = keep.secret(storeSecrets.clientCertificate);
    const key = keep.secret(storeSecrets.clientKey);
    if (certificate === null || key === null) throw certificateMissing(who);
    return { certificatePem: certificate.text(), key };
  }

  async function ask(query: CcpQuery, signal: AbortSignal | undefined): Promise<JsonAnswer> {
    demandPlain('application ID', settings.appId);
    demandPlain('reason', settings.reason ?? '');
    const seconds = Number(query.get('ConnectionTimeout') ?? patience.usualSeconds);
    const url = queryUrl(address, settings.appId, query, query.size === 0 ? null : settings.reason);
    const shown = clientCertificate();
    try {
      const { trustedRootsPem } = settings;
      const timeoutMs = seconds * 1000 + patience.besidesMs;
      const terms = { trustedRootsPem, clientCertificate: shown ?? undefined, timeoutMs, signal };
      return await requestJson(http, { method: 'GET', url, ...terms }, who);
    } finally {
      shown?.key.wipe();
    }
  }

  const asked = (id: string | null): Asked => ({
    ...{ who, appId: settings.appId, id, now: clock.now() },
    showedCertificate: settings.hasCertificate,
  });

  async function read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    const answer = await ask(parseQuery(id), signal);
    if (answer.status !== 200) throw refused(answer, asked(id));
    const found = account.safeParse(answer.json);
    if (!found.success) throw unexpectedAnswer(who, answer, 'no account with Content');
    if (found.data.Content === '') throw emptyAccount(who, id);
    const credential = credentialOf(found.data);
    if (credential.changeInProcess) log.info('a password change is in process', { store: who });
    return credential;
  }

  /** There is no log-in: a question without an object shows that a CCP answers and lets us ask. */
  async function logIn(signal?: AbortSignal): Promise<string> {
    const answer = await ask(new Map(), signal);
    if (answer.status !== 200 && !onlyTheQuestionWasWrong(answer)) throw refused(answer, asked(null));
    const sentence = `The CCP answers. It checks the application ${settings.appId} with each read.`;
    const warning = expiry();
    return warning === null ? sentence : `${sentence} ${warning}`;
  }

  function expiry(): string | null {
    const kept = settings.hasCertificate ? keep.secret(storeSecrets.clientCertificate) : null;
    if (kept === null) return null;
    const { subject, notAfter } = parseX509(kept.text());
    return expiryWarning({ subject: nameText(subject), notAfter }, clock.now());
  }

  const { verify: probe } = settings;
  async function readProbe(id: string, signal?: AbortSignal): Promise<string> {
    const credential = await read(id, signal);
    const kind = credential.password === null ? 'a private key' : 'a password';
    wipe(credential);
    const whose = credential.username === null ? '' : ` for ${credential.username}`;
    return `Read “${id}”: ${kind}${whose}.`;
  }

  async function verify(signal?: AbortSignal) {
    let shown: ClientCertificate | null = null;
    const look = makeVerify({
      ...{ http, url: address, trustedRootsPem: settings.trustedRootsPem, clock, logIn },
      clientCertificate() {
        shown = clientCertificate();
        return shown;
      },
      read: probe === null ? null : (at) => readProbe(probe, at),
    });
    try {
      return await look(signal);
    } finally {
      (shown as ClientCertificate | null)?.key.wipe();
    }
  }

  return { description: who, verify, read, close: async () => {} };
}

function wipe({ password, privateKey, passphrase }: StoredCredential): void {
  for (const secret of [password, privateKey, passphrase]) secret?.wipe();
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
    `The account for “${id}” of ${who} has neither a password nor a key.`,
    {
      hint: 'Check the account in CyberArk.',
    },
  );
}
