import { randomBytes } from 'node:crypto';
import { checkDigest, checkNtlm, type NonceUse, ntlmChallenge } from './odd-proxy-checks.ts';
import type { OddProxyOptions, OddRequest } from './odd-proxy-options.ts';

const oddRealm = 'odd, "realm"';
const opaque = 'op/aque=';

/** The log-ins of one connection, each looked at to the letter. */
export class OddLogIns {
  #hello: Buffer | null = null;
  #challenge: ReturnType<typeof ntlmChallenge> | null = null;
  #user = false;
  #refused = false;
  readonly #options: OddProxyOptions;
  readonly #nonces: Map<string, NonceUse>;
  readonly #verdicts: string[];

  constructor(options: OddProxyOptions, nonces: Map<string, NonceUse>, verdicts: string[]) {
    this.#options = options;
    this.#nonces = nonces;
    this.#verdicts = verdicts;
  }

  /** A refusal is sent. True: the first one here, and no NTLM is under way. */
  refuse(): boolean {
    const first = !this.#refused && this.#challenge === null;
    this.#refused = true;
    return first;
  }

  /** Null: let through. Else what to announce. */
  judge(request: OddRequest): string[] | null {
    const { offer } = this.#options;
    if (offer.length === 0 || this.#user) return null;
    const [scheme = '', ...more] = (request.headers.get('proxy-authorization') ?? '').split(' ');
    const value = more.join(' ');
    const name = scheme.toLowerCase();
    if (name === '' || !offer.includes(name)) return this.#announce(false);
    switch (name) {
      case 'basic':
        return this.#verdict(this.#checkBasic(value));
      case 'digest':
        return this.#verdict(this.#checkDigest(value, request));
      default:
        return this.#ntlm(scheme, Buffer.from(value, 'base64'), request.connection);
    }
  }

  #ntlm(scheme: string, message: Buffer, connection: number): string[] | null {
    const { domain = 'CORP', noTimestamp = false, ignoresUnasked = false } = this.#options;
    const asked = { domain, timestamp: !noTimestamp };
    if (message.readUInt32LE(8) === 1) {
      if (ignoresUnasked && connection === 1 && !this.#refused) return this.#announce(false);
      this.#hello = message;
      this.#challenge = ntlmChallenge(asked);
      return [`${scheme} ${this.#challenge.message.toString('base64')}`];
    }
    if (this.#hello === null || this.#challenge === null)
      return this.#verdict('no challenge on this connection');
    const given = { hello: this.#hello, challenge: this.#challenge, proof: message };
    this.#challenge = null; // good for one try
    const wrong = checkNtlm(given, asked, (user, of) => this.#options.users?.[`${of}\\${user}`]);
    this.#user = wrong === null;
    return this.#verdict(wrong);
  }

  #checkBasic(value: string): string | null {
    const [, user = '', password] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
    const right = password !== undefined && this.#options.users?.[user] === password;
    return right ? null : 'the password is wrong';
  }

  #checkDigest(value: string, request: OddRequest): string | null {
    const passwordOf = (user: string) => this.#options.users?.[user];
    const place = { realm: oddRealm, opaque, passwordOf };
    return checkDigest(value, request, this.#options.digest ?? [], this.#nonces, place);
  }

  #verdict(wrong: string | null): string[] | null {
    this.#verdicts.push(wrong ?? 'right');
    return wrong === null ? null : this.#announce(wrong === 'stale');
  }

  #announce(stale: boolean): string[] {
    return this.#options.offer.flatMap((scheme) => {
      if (scheme === 'basic') return ['Basic realm="b, \\"x\\"", charset="UTF-8"'];
      if (scheme === 'ntlm') return ['NTLM'];
      if (scheme === 'negotiate') return ['Negotiate'];
      if (scheme !== 'digest') return [scheme];
      return (this.#options.digest ?? []).map(({ algorithm, qop }) => {
        const nonce = randomBytes(9).toString('base64');
        this.#nonces.set(nonce, { algorithm, count: 0, stale: false });
        const realm = oddRealm.replace(/"/g, '\\"');
        const more = `${qop === null ? '' : `, qop="${qop}"`}${stale ? ', stale=TRUE' : ''}`;
        return `Digest realm="${realm}", nonce="${nonce}", opaque="${opaque}", algorithm=${algorithm}${more}`;
      });
    });
  }
}
