import { randomBytes } from 'node:crypto';
import { domainOf, parseChallenge } from '../ntlm/challenge.ts';
import { negotiate } from '../ntlm/negotiate.ts';
import { NtlmRefused } from '../ntlm/refused.ts';
import { Account, who } from './account.ts';
import { basicAnswer, ntlmAnswer } from './answers.ts';
import type { ProxyChallenge } from './challenges.ts';
import { type Choice, choose, type NtlmScheme, offered, tokenOf } from './choose.ts';
import { bestDigest, type DigestChallenge, digestAnswer } from './digest.ts';
import { badAnswer, placeOf } from './failures.ts';
import { cannotLogIn } from './log-in-failures.ts';
import type { DigestNonce, PlaceMemory } from './memory.ts';
import type { LoginNames } from './names.ts';
import type { ProxyPlace } from './place.ts';
import type { ProxyTools } from './tools.ts';

/** What was sent last, which decides what a 407 means. `ahead`: before the proxy asked for it. */
type Sent =
  | { kind: 'nothing' }
  | { kind: 'basic'; ahead: boolean }
  | { kind: 'digest'; ahead: boolean; nonce: DigestNonce; repeated: boolean }
  | { kind: 'ntlm-hello'; scheme: NtlmScheme; hello: Buffer; again: boolean }
  | { kind: 'ntlm-proof' };

export interface LogInStep {
  /** Value of `Proxy-Authorization`; null: none. */
  authorization: string | null;
  /** It answers something that was said on this connection, and means nothing on another. */
  bound: boolean;
}

const plain: LogInStep = { authorization: null, bound: false };
const ways = { nothing: null, basic: 'Basic', digest: 'Digest', 'ntlm-hello': null, 'ntlm-proof': 'NTLM' };
const spelled = { ntlm: 'NTLM', negotiate: 'Negotiate' } as const;

/** One log-in at a proxy: what to send first, and what after each 407, until the proxy is content or it is over. */
export class LogIn {
  readonly #proxy: ProxyPlace;
  readonly #tools: ProxyTools;
  readonly #memory: PlaceMemory;
  readonly #request: { method: string; uri: string };
  readonly #account: Account;
  #sent: Sent = { kind: 'nothing' };

  constructor(
    proxy: ProxyPlace,
    tools: ProxyTools,
    request: { method: string; uri: string },
    signal: AbortSignal,
  ) {
    this.#proxy = proxy;
    this.#tools = tools;
    this.#memory = tools.memory.of(proxy);
    this.#request = request;
    this.#account = new Account(proxy, tools, signal);
  }

  /** Sent before the proxy has asked: what it is known to want, or the hello of NTLM, which tells nothing. */
  async first(): Promise<LogInStep> {
    const names = this.#account.names();
    if (names === null) return plain;
    const { scheme, digest } = this.#memory;
    if (names.ntlmOnly || (names.ntlm !== null && (scheme === 'ntlm' || scheme === 'negotiate')))
      return this.#hello(scheme === 'negotiate' ? 'negotiate' : 'ntlm', false);
    if (scheme === 'basic') return await this.#basic(names, true);
    if (scheme !== 'digest' || digest === null) return plain;
    const print = this.#account.open((login) => this.#tools.memory.print(login));
    return print === digest.print ? await this.#digest(names, digest.challenge, true) : plain;
  }

  /** After a 407. `connected`: the connection on which it came can go on. */
  async next(offers: readonly ProxyChallenge[], connected: boolean): Promise<LogInStep> {
    const sent = this.#sent;
    const names = this.#account.names();
    switch (sent.kind) {
      case 'ntlm-proof':
        throw this.#account.refused(names, 'NTLM');
      case 'ntlm-hello': {
        const token = tokenOf(offers, sent.scheme);
        if (token !== null) return await this.#proof(sent.hello, sent.scheme, token, connected);
        const choice = this.#choose(offers, names);
        if (choice.way === 'ntlm' && choice.scheme === sent.scheme && sent.again)
          throw badAnswer(this.#proxy, 'offers NTLM but does not continue it');
        return await this.#take(choice, names);
      }
      case 'basic':
        if (!sent.ahead || offers.some(({ scheme }) => scheme === 'basic'))
          throw this.#account.refused(names, 'Basic');
        break;
      case 'digest': {
        const challenge = bestDigest(offers);
        const again = challenge !== null && (challenge.stale || sent.ahead);
        if (names !== null && again && !sent.repeated && challenge.nonce !== sent.nonce.challenge.nonce)
          return await this.#digest(names, challenge, false, true);
        if (challenge?.stale) throw badAnswer(this.#proxy, 'rejects every nonce of its own as too old');
        if (!sent.ahead || challenge !== null) throw this.#account.refused(names, 'Digest');
        break;
      }
      case 'nothing':
    }
    return await this.#take(this.#choose(offers, names), names);
  }

  /** The proxy let a request through. `before`: the connection was logged in already. */
  passed(before: boolean): void {
    const { kind } = this.#sent;
    this.#account.accepted();
    if (kind === 'basic' || kind === 'digest') this.#memory.scheme = kind;
    if (kind === 'digest' || kind === 'ntlm-proof') this.#memory.strong = true;
    // not sooner: others that use the same nonce would overtake the first use
    if (this.#sent.kind === 'digest') this.#memory.digest = this.#sent.nonce;
    const at = placeOf(this.#proxy);
    const way = ways[kind];
    if (way === null)
      this.#note(before ? `This connection to ${at} is logged in.` : `The proxy ${at} requires no login.`);
    else this.#note(`The proxy ${at} accepted the login of ${who(this.#account.names())} (${way}).`);
  }

  /** The connection on which the last step went is logged in from now on. */
  get bindsConnection(): boolean {
    return this.#sent.kind === 'ntlm-proof';
  }

  /** Always to be called at the end. */
  end(): void {
    this.#account.end();
  }

  #choose(offers: readonly ProxyChallenge[], names: LoginNames | null): Choice {
    this.#note(`The proxy ${placeOf(this.#proxy)} requires a login and offers ${offered(offers)}.`);
    const choice = choose(offers, names);
    if (choice.way === 'basic' && this.#memory.strong) throw cannotLogIn('weaker', this.#proxy, offers);
    if (choice.way === 'none') throw cannotLogIn(choice.because, this.#proxy, offers);
    return choice;
  }

  async #take(choice: Choice, names: LoginNames | null): Promise<LogInStep> {
    if (choice.way === 'none' || names === null) return plain;
    switch (choice.way) {
      case 'basic':
        return await this.#basic(names, false);
      case 'digest':
        return await this.#digest(names, choice.challenge, false);
      case 'ntlm':
        return this.#hello(choice.scheme, this.#sent.kind === 'ntlm-hello');
    }
  }

  async #basic(names: LoginNames, ahead: boolean): Promise<LogInStep> {
    if (names.user.includes(':'))
      throw badAnswer(this.#proxy, 'offers only Basic, which does not allow a colon in the user name');
    await this.#account.myTurn(names);
    this.#sent = { kind: 'basic', ahead };
    return this.#account.open(({ password }) => ({
      authorization: basicAnswer(names.user, password.bytes()),
      bound: false,
    }));
  }

  async #digest(
    names: LoginNames,
    challenge: DigestChallenge,
    ahead: boolean,
    repeated = false,
  ): Promise<LogInStep> {
    await this.#account.myTurn(names);
    return this.#account.open((login) => {
      const known = ahead ? this.#memory.digest : null;
      const nonce = known ?? { challenge, count: 0, print: this.#tools.memory.print(login) };
      nonce.count += 1;
      this.#sent = { kind: 'digest', ahead, nonce, repeated };
      const { method, uri } = this.#request;
      const password = login.password.bytes();
      const clientNonce = randomBytes(16).toString('hex');
      const { count } = nonce;
      const input = { challenge, method, uri, user: names.user, password, count, clientNonce };
      return { authorization: digestAnswer(input), bound: false };
    });
  }

  #hello(scheme: NtlmScheme, again: boolean): LogInStep {
    const hello = negotiate();
    const known = this.#sent.kind === 'ntlm-hello' && this.#sent.scheme === scheme;
    this.#sent = { kind: 'ntlm-hello', scheme, hello, again: again && known };
    return { authorization: `${spelled[scheme]} ${hello.toString('base64')}`, bound: false };
  }

  async #proof(hello: Buffer, scheme: NtlmScheme, token: string, connected: boolean): Promise<LogInStep> {
    const names = this.#account.names();
    if (names?.ntlm == null) throw cannotLogIn('login-needed', this.#proxy, []);
    if (!connected) throw badAnswer(this.#proxy, 'closes the connection in the middle of NTLM');
    const { user, domain } = names.ntlm;
    const challenge = this.#readChallenge(token);
    await this.#account.myTurn(names);
    this.#sent = { kind: 'ntlm-proof' };
    this.#memory.scheme = scheme;
    return this.#account.open(({ password }) => {
      const { now } = this.#tools.clock;
      const message = ntlmAnswer({ hello, challenge, user, domain, password: password.bytes(), now: now() });
      return { authorization: `${spelled[scheme]} ${message}`, bound: true };
    });
  }

  #readChallenge(token: string): Buffer {
    const bytes = Buffer.from(token, 'base64');
    try {
      const domain = domainOf(parseChallenge(bytes));
      const of = domain === '' ? '' : ` of the domain ${domain.slice(0, 100)}`;
      this.#note(`The proxy ${placeOf(this.#proxy)} sent its challenge${of} (NTLM).`);
      return bytes;
    } catch (thrown) {
      if (!(thrown instanceof NtlmRefused)) throw thrown;
      throw badAnswer(this.#proxy, `answered with ${thrown.message}`, thrown);
    }
  }

  #note(sentence: string): void {
    this.#tools.note?.({ name: 'authentication', ok: true, sentence });
  }
}
