import { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { RestAnswer, RestRequest } from '../connection.ts';

/** Seconds that a token is asked to live for once it is used for longer; a BIG-IP allows 36,000. */
const longLife = 7200;
/** A request takes at most so long: a token with less to live is extended before it. */
const spareMs = 180_000;
const loggedPath = '/mgmt/shared/authz/tokens/…';

const loggedIn = z.object({ token: z.object({ token: z.string().min(1), timeout: z.number() }) });
const said = z.object({ message: z.string() });

const messageOf = ({ body }: RestAnswer): string => {
  const found = said.safeParse(body);
  return found.success ? peerTail(found.data.message, [], 400) : '';
};

interface As {
  user: string;
  host: string;
  password: Secret;
}

/** One login at iControl REST: taken, extended while it is used, taken again when it is gone, given back. */
export class IcontrolToken {
  readonly #as: As;
  readonly #clock: Clock;
  readonly #send: (request: RestRequest) => Promise<RestAnswer>;
  #token: string | null = null;
  /** By the monotonic clock. */
  #until = 0;
  /** Under way: whoever needs it waits for the same. */
  #busy: Promise<void> | null = null;
  /** The password is not tried again: accounts are locked for less. */
  #refused: Failure | null = null;

  constructor(as: As, clock: Clock, send: (request: RestRequest) => Promise<RestAnswer>) {
    this.#as = as;
    this.#clock = clock;
    this.#send = send;
  }

  /** Logs in. `icontrol.login-refused`, `icontrol.tokens-used-up`, `icontrol.not-there`. */
  async take(): Promise<void> {
    if (this.#refused !== null) throw this.#refused;
    const { user, host, password } = this.#as;
    const login = { username: user, password: password.text(), loginProviderName: 'tmos' };
    const answer = await this.#send({ method: 'POST', path: '/mgmt/shared/authn/login', json: login });
    const found = loggedIn.safeParse(answer.body);
    if (answer.status === 200 && found.success) {
      this.#token = found.data.token.token;
      this.#until = this.#clock.monotonic() + found.data.token.timeout * 1000;
      return;
    }
    const peerSaid = messageOf(answer) || undefined;
    if (answer.status === 401) {
      this.#refused = new Failure('icontrol.login-refused', `${host} refused the login of ${user}.`, {
        hint: 'Check user and password. An account that a remote server keeps, or that is locked, is refused in the same way.',
        peerSaid,
      });
      throw this.#refused;
    }
    if (/maximum active login tokens/.test(peerSaid ?? ''))
      throw new Failure(
        'icontrol.tokens-used-up',
        `${host} gives ${user} no further login token: all that a user may have are in use.`,
        {
          hint: 'Trustkeep will try again automatically. Tokens run out within 20 minutes; another program that logs in as this user does not give them back. Use an account for Trustkeep alone.',
          peerSaid,
        },
      );
    throw new Failure(
      'icontrol.not-there',
      `What answers at ${host} is not iControl REST of a BIG-IP (HTTP ${answer.status}).`,
      {
        hint: 'Use host and port of the management address of the BIG-IP.',
        peerSaid,
      },
    );
  }

  /** For one request. Extends a login that would run out during it. */
  async header(): Promise<{ token: string; header: Record<string, string> }> {
    if (this.#busy !== null) await this.#busy;
    if (this.#token !== null && this.#until - this.#clock.monotonic() < spareMs)
      await this.#once(() => this.#extend());
    const token = this.#token ?? '';
    return { token, header: { 'x-f5-auth-token': token } };
  }

  /** Whether a 401 is about the token, and not about what its user may do. */
  isGone(answer: RestAnswer): boolean {
    return /X-F5-Auth-Token|token (has )?expired|no user authentication/i.test(messageOf(answer));
  }

  /** Another one in place of `gone`, unless there is another one by now. */
  async again(gone: string): Promise<void> {
    if (this.#busy !== null) await this.#busy;
    if (this.#token === gone) await this.#once(() => this.take());
  }

  async #extend(): Promise<void> {
    const token = this.#token ?? '';
    const path = `/mgmt/shared/authz/tokens/${token}`;
    const headers = { 'x-f5-auth-token': token };
    const json = { timeout: longLife };
    const answer = await this.#send({ method: 'PATCH', path, loggedPath, json, headers });
    if (answer.status === 200) this.#until = this.#clock.monotonic() + longLife * 1000;
    else await this.take();
  }

  async #once(work: () => Promise<void>): Promise<void> {
    this.#busy ??= work().finally(() => {
      this.#busy = null;
    });
    await this.#busy;
  }

  /** Nothing is sent with it afterwards. `send`: how, when all else has ended. */
  async giveBack(send: (request: RestRequest) => Promise<unknown>): Promise<void> {
    await this.#busy?.catch(() => {}); // one that is being taken would be left there
    const token = this.#token;
    this.#token = null;
    if (token === null) return;
    const headers = { 'x-f5-auth-token': token };
    const path = `/mgmt/shared/authz/tokens/${token}`;
    await send({ method: 'DELETE', path, loggedPath, headers, timeoutMs: 5000 });
  }
}
