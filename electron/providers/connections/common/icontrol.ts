import type { RemoteSettings } from '#shared/catalog/connections/remote.ts';
import { Failure } from '#shared/failure.ts';
import type { ExpectedCertificate } from '../../../net/expected-certificate.ts';
import type { HttpRequest, HttpResponse } from '../../../net/http-request.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { ConnectTools, LoginMaterial, RestAnswer, RestConnection, RestRequest } from '../connection.ts';
import { connectionClosed } from './connection-failures.ts';
import { addressOf, icontrolFailure } from './icontrol-failures.ts';
import { IcontrolToken } from './icontrol-token.ts';

const defaultTimeoutMs = 60_000;
const largestAnswer = 32 * 1024 * 1024;
/** While the management service starts, it answers so to everything. */
const startingWaits = [2000, 5000, 10_000, 15_000, 15_000, 15_000];

interface Wanted<S> extends RemoteSettings {
  type: string;
  expected: ExpectedCertificate | undefined;
  /** Of the definition. */
  described(settings: S): string;
}

/** Logs in at iControl REST (F5 BIG-IP). One try of a password, never two. */
export async function connectIcontrol<S extends RemoteSettings>(
  settings: S & Wanted<S>,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<RestConnection> {
  const user = settings.user === '' ? (login.user ?? '') : settings.user;
  const { host, port, expected } = settings;
  if (login.password === undefined)
    throw new Failure('icontrol.credential-missing', `There is no password for ${user}@${host}.`, {
      hint:
        settings.auth === 'credential-store'
          ? 'Add a password to the credential; a private key cannot be used here.'
          : 'Set the password (`password`).',
    });
  const password = login.password.copy();
  const description = settings.described({ ...settings, user });
  const connection = new Icontrol({ host, port, user, expected, description, password }, tools);
  try {
    await connection.logIn(login.source ?? 'of unknown origin', tools.signal);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface Reached {
  host: string;
  port: number;
  user: string;
  expected: ExpectedCertificate | undefined;
  description: string;
  password: Secret;
}

class Icontrol implements RestConnection {
  readonly kind = 'requests' as const;
  readonly description: string;
  readonly dialAddress: string;
  readonly port: number;
  readonly user: string;
  credentialUsed = '';
  readonly #reached: Reached;
  readonly #tools: ConnectTools;
  readonly #token: IcontrolToken;
  readonly #ended = new AbortController();
  #closing: Promise<void> | null = null;

  constructor(reached: Reached, tools: ConnectTools) {
    this.#reached = reached;
    this.#tools = tools;
    this.description = reached.description;
    const { user, host, port, password } = reached;
    this.dialAddress = host;
    this.port = port;
    this.user = user;
    this.#token = new IcontrolToken({ user, host, password }, tools.clock, (request) =>
      this.#patiently(request),
    );
  }

  async logIn(source: string, signal: AbortSignal | undefined): Promise<void> {
    const stop = (): void => this.#ended.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await this.#token.take();
      this.credentialUsed = `user ${this.user}, password ${source}`;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async request(request: RestRequest): Promise<RestAnswer> {
    for (let turn = 0; ; turn += 1) {
      const { token, header } = await this.#token.header();
      const answer = await this.#patiently({ ...request, headers: { ...request.headers, ...header } });
      if (answer.status !== 401 || turn > 0 || !this.#token.isGone(answer)) return answer;
      await this.#token.again(token);
    }
  }

  /** Waits while the management service starts. */
  async #patiently(request: RestRequest): Promise<RestAnswer> {
    for (const wait of [...startingWaits, null]) {
      const answer = await this.#send(request, this.#ended.signal);
      if (!isStarting(answer)) return answerOf(answer);
      if (wait === null) break;
      this.#tools.log.info('the management service is starting', { host: this.#reached.host, waitMs: wait });
      await this.#tools.clock.sleep(wait, this.#ended.signal);
    }
    throw new Failure(
      'icontrol.unavailable',
      `The management service of ${this.#reached.host} is starting, and has not been ready in time.`,
      {
        hint: 'Trustkeep will try again automatically. If this continues, check the device with: bigstart status restjavad restnoded',
      },
    );
  }

  async #send(
    { method, path, loggedPath, json, bytes, headers, timeoutMs = defaultTimeoutMs }: RestRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { host, port, expected } = this.#reached;
    signal.throwIfAborted();
    const body: Pick<HttpRequest, 'body' | 'headers'> =
      bytes !== undefined
        ? { body: bytes, headers: { 'content-type': 'application/octet-stream' } }
        : json === undefined
          ? {}
          : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
    try {
      return await this.#tools.http().request({
        ...{ method, url: `${addressOf({ host, port })}${path}`, loggedPath, body: body.body, expected },
        ...{ timeoutMs, maxBytes: largestAnswer, signal },
        headers: { ...body.headers, ...headers },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw await icontrolFailure(error, { host, port }, { ...this.#tools, signal });
    }
  }

  /** The token is given back last: a BIG-IP keeps 100 of them per user. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#ended.abort(connectionClosed(this.description));
    await this.#token
      .giveBack((request) => this.#send(request, new AbortController().signal))
      .catch((error: unknown) => this.#tools.log.warn('the login token could not be given back', { error }));
    this.#reached.password.wipe();
  }
}

/** What answers then is the web server in front of it, with a page, or the service itself with a 503. */
function isStarting({ status, headers, body }: HttpResponse): boolean {
  if (status === 503) return true;
  const isPage = headers['content-type']?.startsWith('text/html') === true;
  return isPage && body.subarray(0, 4096).includes('Configuration Utility restarting');
}

function answerOf({ status, body }: HttpResponse): RestAnswer {
  try {
    return { status, body: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return { status, body: null };
  }
}
