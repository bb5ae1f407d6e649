import type { AnyAuthMethod, ParsedKey, Prompt } from 'ssh2';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { LoginMaterial } from '../connection.ts';

type Method = 'publickey' | 'password' | 'keyboard-interactive';

const passwordPrompt = /passw(or)?d|passphrase|kennwort|passwort|mot de passe|contrase|senha|wachtwoord/i;
const changePrompt = /\b(new|current|retype)\b.*passw|passw.*\b(expired|change)/i;

/**
 * Answers the server's questions while logging in, one method after the other, each once: the key, then the password,
 * then the password as an answer to keyboard-interactive prompts (many hardened hosts know only that). With a
 * private key chosen, the password is only used when the server wants it as a second factor.
 */
export class LogIn {
  readonly #settings: SshSettings;
  readonly #key: ParsedKey | undefined;
  readonly #password: Secret | undefined;
  readonly #source: string | undefined;
  readonly #tried = new Set<Method>();
  #offered: readonly string[] = [];
  #answered = false;
  #strange: string | null = null;
  #expired = false;

  constructor(settings: SshSettings, login: LoginMaterial, key: ParsedKey | undefined) {
    this.#settings = settings;
    this.#key = settings.auth === 'password' ? undefined : key;
    this.#password = login.password;
    this.#source = login.source;
  }

  /** For `credentialUsed`. */
  get method(): string {
    return this.#from(this.#key === undefined ? 'password' : 'private key');
  }

  #from(method: string): string {
    return this.#source === undefined ? method : `${method} ${this.#source}`;
  }

  /** The next method to try, or false. `left` is null before the server said what it takes. */
  next(left: readonly string[] | null, partial: boolean): AnyAuthMethod | false {
    if (left !== null) this.#offered = left;
    const next = this.#wanted(partial).find((one) => !this.#tried.has(one) && (left?.includes(one) ?? true));
    if (next === undefined) return false;
    this.#tried.add(next);
    const username = this.#settings.user;
    if (next === 'publickey' && this.#key !== undefined) return { type: next, username, key: this.#key };
    if (next === 'password') return { type: next, username, password: this.#password?.text() ?? '' };
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => finish(this.#answers(prompts)),
    };
  }

  #wanted(partial: boolean): Method[] {
    const byPassword: Method[] = this.#password === undefined ? [] : ['password', 'keyboard-interactive'];
    if (this.#key === undefined) return byPassword;
    const both = partial || this.#settings.auth === 'credential-store';
    return ['publickey', ...(both ? byPassword : [])];
  }

  #answers(prompts: Prompt[]): string[] {
    return prompts.map(({ prompt }) => {
      if (changePrompt.test(prompt)) this.#expired = true;
      else if (!passwordPrompt.test(prompt)) this.#strange = prompt.trim();
      else if (!this.#answered) {
        this.#answered = true; // asked again means that it was wrong
        return this.#password?.text() ?? '';
      }
      return '';
    });
  }

  markExpired(): void {
    this.#expired = true;
  }

  /** Why the server did not let us in, in one sentence. */
  refusal(cause: unknown): Failure {
    const { user, host } = this.#settings;
    if (this.#expired) {
      const source = this.#source === undefined ? '' : `, ${this.#source},`;
      return new Failure('ssh.password-expired', `The password of ${user} on ${host}${source} has expired.`, {
        hint: 'Change it on that host, then enter the new one.',
        cause,
      });
    }
    if (this.#strange !== null) {
      return new Failure(
        'ssh.login-refused',
        `${host} asked user ${user} a question that Trustkeep cannot answer: "${this.#strange.slice(0, 80)}".`,
        { hint: 'Allow this user to log in with only a private key.', cause },
      );
    }
    const tried = this.#tried.size === 0 ? this.method : this.#from(methodNames([...this.#tried]));
    const takes = this.#offered.length === 0 ? '' : ` (it accepts: ${this.#offered.join(', ')})`;
    return new Failure('ssh.login-refused', `${host} refused user ${user} with ${tried}${takes}.`, {
      hint: hintFor(this.#key !== undefined, user),
      cause,
    });
  }
}

function methodNames(methods: Method[]): string {
  const names = methods.map((method) => (method === 'publickey' ? 'private key' : 'password'));
  return [...new Set(names)].join(' and ');
}

function hintFor(withKey: boolean, user: string): string {
  return withKey
    ? `Check that the public half of the key is in the authorized_keys of ${user} and that the server allows keys.`
    : 'Check the user name and the password, and that the server allows passwords.';
}
