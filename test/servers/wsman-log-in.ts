import { bindingOf, NtlmAcceptor } from './wsman-ntlm.ts';

/** How a service of the stand-in is configured, and what it says. */
interface LogInOptions {
  /** By `DOMAIN\user`, or the name alone. */
  users: Record<string, string>;
  /** Ways to log in that are offered. */
  offers: readonly string[];
  /** The leaf of its certificate; null: without TLS, and so with sealing. */
  der: Buffer | null;
  /** NTLM flags that are not agreed to. */
  withoutFlags: number;
}

/** `pass`: the request goes on; else the status that it is answered with, and what is announced. */
type Verdict =
  | { kind: 'pass'; proof: boolean }
  | { kind: 'answer'; action: 'hello' | 'proof' | 'refused'; status: number; announce: string[] };

/** One connection and who is logged in on it. */
export class Session {
  readonly connection: number;
  acceptor: NtlmAcceptor | null = null;
  user: string | null = null;
  readonly #options: LogInOptions;
  readonly #refusals: string[];

  constructor(connection: number, options: LogInOptions, refusals: string[]) {
    this.connection = connection;
    this.#options = options;
    this.#refusals = refusals;
  }

  judge(authorization: string | undefined, body: Buffer): Verdict {
    const { offers, users } = this.#options;
    const [scheme = '', value = ''] = (authorization ?? '').split(' ');
    const basic = offers.some((one) => one.startsWith('Basic'));
    if (scheme === 'Basic' && basic) {
      const [, user = '', password = ''] =
        /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
      if (users[user] === undefined || users[user] !== password)
        return this.#refuse(`${user}: the password is wrong`);
      this.user = user;
      return { kind: 'pass', proof: false };
    }
    if (scheme === '' && this.user !== null && !basic) return { kind: 'pass', proof: false };
    const token = Buffer.from(value, 'base64');
    if (scheme !== 'Negotiate' || !offers.includes('Negotiate')) return this.#announce();
    return token.toString('latin1', 0, 8) === 'NTLMSSP\0' ? this.#ntlm(token, body) : this.#announce();
  }

  #ntlm(token: Buffer, body: Buffer): Verdict {
    const { users, der, withoutFlags } = this.#options;
    if (token.readUInt32LE(8) === 1) {
      this.user = null;
      this.acceptor = new NtlmAcceptor({
        domain: 'CORP',
        passwordOf: (user, domain) => users[domain === '' ? user : `${domain}\\${user}`],
        binding: der === null ? null : bindingOf(der),
        without: withoutFlags,
      });
      const challenge = this.acceptor.challenge(token).toString('base64');
      return { kind: 'answer', action: 'hello', status: 401, announce: [`Negotiate ${challenge}`] };
    }
    const wrong = this.acceptor === null ? 'no challenge on this connection' : this.acceptor.accept(token);
    if (wrong !== null) {
      this.acceptor = null;
      return this.#refuse(wrong);
    }
    this.user = this.acceptor?.user ?? '';
    if (der !== null || body.length > 0) return { kind: 'pass', proof: true };
    return { kind: 'answer', action: 'proof', status: 200, announce: [] };
  }

  #refuse(why: string): Verdict {
    this.#refusals.push(why);
    return this.#announce();
  }

  #announce(): Verdict {
    return { kind: 'answer', action: 'refused', status: 401, announce: [...this.#options.offers] };
  }
}
