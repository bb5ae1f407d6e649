import type { Clock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { unexpectedAnswer } from '../common/over-http.ts';
import { type StoreState, storeSecrets } from '../credential-store.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import {
  cleanText,
  type Login,
  type LoginMethod,
  markOf,
  noSecret,
  saysMissingRight,
  saysNoToken,
  tokenEnded,
} from './login.ts';
import { readAs, tokenAnswer } from './wire.ts';

/** The token that a person gave. "Logging in" is looking it up, which tells how long it lives. */
export class TokenLogin implements LoginMethod {
  readonly repeatable = false;
  readonly #client: VaultClient;
  readonly #state: StoreState;
  readonly #clock: Clock;
  #last: string | null = null;

  constructor(client: VaultClient, state: StoreState, clock: Clock) {
    this.#client = client;
    this.#state = state;
    this.#clock = clock;
  }

  async logIn(): Promise<Login> {
    const token = this.#kept();
    const mark = markOf(token);
    const login: Login = {
      token,
      how: 'by token',
      at: this.#clock.now(),
      endsAt: null,
      leaseMs: 0,
      renewable: false,
      usesLimited: true,
      ours: false,
      standing: 'unseen',
      remarks: [limitedRemark],
    };
    if (this.#noted(storeSecrets.tokenUsesLimited) === mark) {
      this.#last = mark;
      return login;
    }
    try {
      const known = await this.#lookUp(token, { ...login, usesLimited: false, remarks: [] }, mark);
      this.#last = mark;
      return known;
    } catch (thrown) {
      if (asFailure(thrown).retry === 'needs-person') this.#last = mark; // the server has answered
      throw thrown;
    }
  }

  async changed(): Promise<boolean> {
    const now = this.#markNow();
    return now !== null && now !== this.#last;
  }

  perishable(): Promise<boolean> {
    return this.changed();
  }

  #kept(): Secret {
    const secret = this.#state.secret(storeSecrets.token);
    const text = secret === null ? '' : secret.text().trim();
    if (text === '') throw noSecret(this.#client.who, 'token');
    const clean = cleanText(text);
    if (clean !== null) return Secret.of(clean);
    throw new Failure('credential-store.bad-token', `The token for ${this.#client.who} is not valid.`, {
      hint: 'A token must not contain spaces or line breaks. Set it again.',
    });
  }

  #noted(name: string): string | null {
    const secret = this.#state.secret(name);
    const mark = secret?.text() ?? null;
    secret?.wipe();
    return mark;
  }

  /** Sealed: a token that a person made up can be guessed from its mark. */
  #note(name: string, mark: string): void {
    this.#state.keepSecret(name, Secret.of(mark));
  }

  /** Null while it cannot be read: the keychain may be locked. */
  #markNow(): string | null {
    try {
      return markOf(this.#kept());
    } catch {
      return null;
    }
  }

  async #lookUp(token: Secret, login: Login, mark: string): Promise<Login> {
    const path = ['auth', 'token', 'lookup-self'];
    const answer = await this.#client.ask({ method: 'GET', path, token });
    if (answer.status === 403) {
      if (saysNoToken(answer)) throw tokenEnded(this.#client.who, answer);
      const remark =
        'It is not allowed to look itself up, so its lifetime is not known and it is not renewed.';
      return { ...login, standing: this.#standingOf(answer, mark), remarks: [remark] };
    }
    if (answer.status !== 200)
      throw unexpectedAnswer(this.#client.who, answer, 'it says nothing of the token');
    const { data } = readAs(tokenAnswer, answer, this.#client.who);
    if ((data.num_uses ?? 0) < 0) throw spentByAsking(this.#client.who);
    if (this.#noted(storeSecrets.tokenWasGood) !== mark) this.#note(storeSecrets.tokenWasGood, mark);
    const endless = data.ttl === 0 && !data.expire_time;
    const usesLimited = (data.num_uses ?? 0) > 0;
    if (usesLimited) this.#note(storeSecrets.tokenUsesLimited, mark);
    return {
      ...login,
      endsAt: endless ? null : this.#clock.now() + data.ttl * 1000,
      leaseMs: (data.creation_ttl ?? data.ttl) * 1000,
      renewable: data.renewable === true && data.type !== 'batch' && !endless,
      usesLimited,
      standing: 'known',
      remarks: usesLimited ? [limitedRemark] : [],
    };
  }

  #standingOf(answer: VaultAnswer, mark: string): Login['standing'] {
    if (saysMissingRight(answer)) return 'unseen';
    return this.#noted(storeSecrets.tokenWasGood) === mark ? 'lost' : 'doubted';
  }
}

/** Servers count the use that is being made: below zero, it was the last. */
function spentByAsking(who: string): Failure {
  return new Failure(
    'credential-store.login-refused',
    `The token of this store for ${who} was valid for one call, which was the question about it.`,
    {
      hint: 'Set a token that is valid for more calls: each read uses one or two, and the first use of the store one more.',
    },
  );
}

const limitedRemark =
  'The token is valid for a limited number of calls: each read uses some, and it is not renewed.';
