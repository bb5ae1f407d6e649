import type { Clock } from '#kit/clock.ts';
import { peerTail } from '#kit/redact.ts';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import { Secret } from '../../../secrets/secret.ts';
import { type JsonAnswer, requestJson, unexpectedAnswer, whenToRetry } from '../common/over-http.ts';
import { baseUrl } from './address.ts';
import { grant, vaults, wordsOf } from './wire.ts';

/** A login as it was granted. */
export interface Granted {
  token: Secret;
  /** Epoch milliseconds. */
  endsAt: number;
  /** What the API is below: the address of the settings, or that of the vault a Delinea Platform names. */
  base: string;
  platform: boolean;
}

/** A login that the server refused for what was sent: the one kind that may lock an account. */
export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface LoginParts {
  settings: DelineaSettings;
  /** Cleaned up. */
  base: string;
  who: string;
  http: Http;
  clock: Clock;
}

/** Sent when a grant does not say how long it is good for; the usual time-out of web-service sessions. */
const usualLifeMs = 20 * 60_000;

/**
 * Logs in to a Secret Server; where nothing like one answers, looks whether it is a Delinea Platform, whose login is
 * another. The password goes to no other host than the one that was given. Throws `Refused` or a Failure.
 */
export async function logIn(parts: LoginParts, password: Secret): Promise<Granted> {
  const { settings, base } = parts;
  const form: Record<string, string> = {
    grant_type: 'password',
    username: settings.username,
    password: password.text(),
    ...(settings.domain === null ? {} : { domain: settings.domain }),
  };
  try {
    return await granted(parts, `${base}/oauth2/token`, form, false);
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code !== 'credential-store.unexpected-answer' || !(await isPlatform(parts))) throw thrown;
  }
  return logInToPlatform(parts, password);
}

async function logInToPlatform(parts: LoginParts, password: Secret): Promise<Granted> {
  const form = {
    grant_type: 'client_credentials',
    scope: 'xpmheadless',
    client_id: parts.settings.username,
    client_secret: password.text(),
  };
  const address = `${parts.base}/identity/api/oauth2/token/xpmplatform`;
  const found = await granted(parts, address, form, true);
  return { ...found, base: await vaultOf(parts, found.token) };
}

async function granted(
  parts: LoginParts,
  url: string,
  form: Record<string, string>,
  platform: boolean,
): Promise<Granted> {
  const { http, who, clock, base, settings } = parts;
  // spaces as %20: not every form reader of a server knows the plus
  const body = Object.entries(form)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = clock.now();
  const { trustedRootsPem } = settings;
  const answer = await requestJson(http, { method: 'POST', url, headers, body, trustedRootsPem }, who);
  if (answer.status !== 200) throw loginFailure(parts, answer, form.password ?? form.client_secret ?? '');
  const found = grant.safeParse(answer.json);
  if (!found.success) throw unexpectedAnswer(who, answer, 'no access_token');
  const { access_token, expires_in } = found.data;
  const lifeMs = typeof expires_in === 'number' ? expires_in * 1000 : usualLifeMs;
  return { token: Secret.of(access_token), endsAt: asked + lifeMs, base, platform };
}

/** `sent`: the password; it is taken out should the server repeat it. */
function loginFailure({ who, clock, settings }: LoginParts, answer: JsonAnswer, sent: string): Error {
  const words = peerTail(wordsOf(answer.json), [sent]);
  if ([400, 401, 403].includes(answer.status) && words !== '')
    return new Refused(loginRefused(who, settings, words));
  if (answer.status === 429 || answer.status >= 500)
    return new Failure('credential-store.unavailable', `${who} cannot log anyone in at the moment.`, {
      hint: 'Trustkeep will try again automatically. If this continues, check the Secret Server.',
      ...whenToRetry(answer.headers, clock.now()),
      peerSaid: words === '' ? undefined : words,
    });
  return unexpectedAnswer(who, answer);
}

/** `CORP\svc` */
export function userName({ username, domain }: Pick<DelineaSettings, 'username' | 'domain'>): string {
  return domain === null ? username : `${domain}\\${username}`;
}

function loginRefused(who: string, settings: DelineaSettings, words: string): Failure {
  const secondFactor = /two.?factor|2fa|mfa|multi.?factor|\botp\b|pin code/i.test(words);
  const hint = secondFactor
    ? 'An account with a second factor cannot log in unattended: use an application account.'
    : 'Check user name, password and domain, that the account is not locked, and that web services are on in Secret Server.';
  return new Failure('credential-store.login-refused', `${who} refused the login of ${userName(settings)}.`, {
    hint,
    peerSaid: words,
  });
}

// ── Delinea Platform ────────────────────────────────────────────────────────────────────────────────────────────

/** As the vendor's own clients tell the two apart: each answers at another address that it is healthy. */
async function isPlatform(parts: LoginParts): Promise<boolean> {
  if (await isHealthy(parts, '/api/v1/healthcheck')) return false;
  return isHealthy(parts, '/health');
}

async function isHealthy({ http, base, settings }: LoginParts, path: string): Promise<boolean> {
  try {
    const { trustedRootsPem } = settings;
    const url = base + path;
    const headers = { accept: 'application/json' };
    const { status, body } = await http.request({
      method: 'GET',
      url,
      headers,
      trustedRootsPem,
      timeoutMs: 10_000,
    });
    const text = body.subarray(0, 4096).toString('utf8').trim();
    return status === 200 && /^"?healthy"?$|"healthy"\s*:\s*true/i.test(text);
  } catch {
    return false;
  }
}

/** The Secret Server behind a Platform: its default vault. */
async function vaultOf(parts: LoginParts, token: Secret): Promise<string> {
  const { http, base, who, settings } = parts;
  const { trustedRootsPem } = settings;
  const headers = { authorization: `Bearer ${token.text()}` };
  const url = `${base}/vaultbroker/api/vaults`;
  const answer = await requestJson(http, { method: 'GET', url, headers, trustedRootsPem }, who);
  const found = vaults.safeParse(answer.json);
  if (answer.status !== 200 || !found.success) throw unexpectedAnswer(who, answer, 'no list of vaults');
  const vault = found.data.vaults.find(({ isDefault, isActive }) => isDefault === true && isActive === true);
  const address = vault?.connection?.url;
  if (address === undefined || !URL.canParse(address)) throw noVault(who, 'has no active default vault');
  const { protocol } = new URL(address);
  // the token goes there: it must be as well protected as the way to the Platform
  if (protocol !== 'https:' && protocol !== new URL(base).protocol)
    throw noVault(who, 'names a vault without TLS');
  return baseUrl(address);
}

function noVault(who: string, what: string): Failure {
  return new Failure('credential-store.unexpected-answer', `The Delinea Platform at ${who} ${what}.`, {
    hint: 'Use the address of the Secret Server itself, or check the vaults of the Platform.',
  });
}
