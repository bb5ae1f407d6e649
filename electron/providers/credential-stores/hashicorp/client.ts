import type { Clock } from '#kit/clock.ts';
import { peerTail } from '#kit/redact.ts';
import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import type { HttpRequest } from '../../../net/http-request.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { type JsonAnswer, requestJson, unexpectedAnswer, whenToRetry } from '../common/over-http.ts';
import { errorsBody } from './wire.ts';

interface VaultCall {
  method: 'GET' | 'POST';
  /** Below `/v1/`; each segment is encoded by itself. */
  path: readonly string[];
  token?: Secret | undefined;
  /** Sent as JSON. What is in it never appears in sentences. */
  body?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

export interface VaultAnswer extends JsonAnswer {
  /** What it said against the request, without what was sent. */
  said: string;
}

/**
 * Speaks the API of Vault and OpenBao. Resolves for what the caller has to read (200, 204, 400, 403, 404); all else is
 * Failure `credential-store.*` or `net.*`. Safe concurrently.
 */
export interface VaultClient {
  /** For people: `HashiCorp Vault at vault.example.org:8200`. */
  readonly who: string;
  readonly url: string;
  ask(call: VaultCall): Promise<VaultAnswer>;
}

const callerReads = new Set([200, 204, 400, 403, 404]);
const redirects = new Set([307, 308]);
const mostRedirects = 2;
const timeoutMs = 15_000;

export function makeVaultClient(
  settings: Pick<HashicorpSettings, 'vaultUrl' | 'namespace' | 'trustedRootsPem'>,
  http: Http,
  clock: Clock,
): VaultClient {
  const base = apiBase(settings.vaultUrl);
  const namespace = bareNamespace(settings.namespace);
  const inside = namespace === '' ? '' : ` (namespace ${namespace})`;
  const who = `HashiCorp Vault at ${hostAndPort(base)}${inside}`;

  async function send(call: VaultCall): Promise<JsonAnswer> {
    const request = {
      method: call.method,
      headers: headersOf(call, namespace),
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      timeoutMs: call.timeoutMs ?? timeoutMs,
      signal: call.signal,
      trustedRootsPem: settings.trustedRootsPem,
    } satisfies Partial<HttpRequest>;
    let url = `${base}/v1/${call.path.map(encodeURIComponent).join('/')}`;
    for (let hop = 0; ; hop++) {
      const answer = await requestJson(http, { ...request, url }, who);
      if (!redirects.has(answer.status)) return answer;
      url = nextPlace(answer, url, hop, who);
    }
  }

  return {
    who,
    url: base,
    async ask(call) {
      const answer = await (call.method === 'GET' ? twice(() => send(call)) : send(call));
      const said = whatItSaid(answer, call);
      if (callerReads.has(answer.status) && answer.json !== undefined) return { ...answer, said };
      throw refusal(answer, said, who, clock.now());
    },
  };
}

/** People paste what their browser shows: the address of the web interface or of the API is cut back to the server's. */
function apiBase(vaultUrl: string): string {
  const url = new URL(vaultUrl);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(v1|ui(\/.*)?)$/, '');
  return url.origin + path;
}

function hostAndPort(base: string): string {
  const url = new URL(base);
  return url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
}

function bareNamespace(namespace: string | null): string {
  return namespace?.replace(/^\/+|\/+$/g, '') ?? '';
}

function headersOf({ token, body }: VaultCall, namespace: string): Record<string, string> {
  return {
    'x-vault-request': 'true',
    ...(token === undefined ? {} : { 'x-vault-token': token.text() }),
    ...(namespace === '' ? {} : { 'x-vault-namespace': `${namespace}/` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

/**
 * A standby may send us to another node. The token goes along, so only the same scheme, host and port are followed: a
 * name in a header is no proof of who stands behind it. Clusters forward requests themselves unless told otherwise.
 */
function nextPlace(answer: JsonAnswer, from: string, hop: number, who: string): string {
  const location = answer.headers.location ?? '';
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  if (to === null) throw unexpectedAnswer(who, answer, 'it redirects without an address');
  if (to.origin === new URL(from).origin && hop < mostRedirects) return to.href;
  const endless = to.origin === new URL(from).origin;
  throw new Failure(
    'credential-store.redirected',
    endless
      ? `${who} is on standby and sends every request back to itself.`
      : `${who} is on standby and sends requests to ${to.origin}, where the token is not sent.`,
    {
      hint: endless
        ? 'Check that the cluster has an active node.'
        : 'If that is your cluster, set this address as vaulturl, or one that always reaches the active node.',
      retry: endless ? 'later' : 'needs-person',
    },
  );
}

/** A kept connection may turn out to be dead: what changes nothing is simply asked again. */
async function twice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (asFailure(thrown).code !== 'net.lost') throw thrown;
    return ask();
  }
}

function whatItSaid({ json }: JsonAnswer, call: VaultCall): string {
  const read = errorsBody.safeParse(json);
  const errors = read.success ? (read.data.errors ?? []) : [];
  if (errors.length === 0) return '';
  const sent = [...(call.token === undefined ? [] : [call.token.text()]), ...Object.values(call.body ?? {})];
  return peerTail(errors.join('; ').replace(/\s+/g, ' '), sent);
}

function refusal(answer: JsonAnswer, said: string, who: string, now: number): Failure {
  const { status, headers, shown } = answer;
  const peerSaid = said === '' ? undefined : said;
  const later = { ...whenToRetry(headers, now), peerSaid };
  if (status === 503 && /\bsealed\b/i.test(said))
    return new Failure('credential-store.sealed', `${who} is sealed.`, {
      ...later,
      hint: 'Unseal it. Trustkeep will try again automatically.',
    });
  if (status === 501)
    return new Failure('credential-store.not-initialized', `${who} has not been initialized yet.`, {
      peerSaid,
      hint: 'Initialize and unseal it, or check that this is the right server.',
    });
  if (status === 429)
    return new Failure('credential-store.busy', `${who} refuses further requests for now (rate limit).`, {
      ...later,
      hint: 'Trustkeep will try again automatically. If this continues, increase the rate limit quota for this login.',
    });
  if (status === 472 || status === 473)
    return new Failure('credential-store.standby', `${who} is a standby that does not serve secrets.`, {
      ...later,
      hint: 'Set the address of the active node as vaulturl, or one that always reaches it.',
    });
  if (status === 412 || status >= 500)
    return new Failure(
      'credential-store.trouble',
      `${who} could not answer (HTTP status ${status}, ${shown}).`,
      {
        ...later,
        hint: 'Trustkeep will try again automatically. If this continues, check the log of that server.',
      },
    );
  return unexpectedAnswer(who, answer);
}
