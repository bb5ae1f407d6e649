import type { Log } from '#kit/log.ts';
import type { HashicorpAuth } from '#shared/catalog/credential-stores/hashicorp.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import { Secret } from '../../../secrets/secret.ts';
import { type StoreState, storeSecrets } from '../credential-store.ts';
import { cleanText, markOf, noSecret } from './login.ts';
import { type ReadSecretFile, secretInFile } from './secret-file.ts';
import { makeSpent, type Spent } from './spent.ts';
import { type Unwrap, wrappingUsed } from './unwrap.ts';

interface GivenSecretId {
  secretId: Secret;
  /** For people, whole sentences. */
  remarks: string[];
}

interface SecretIdParts {
  auth: Exclude<HashicorpAuth, { type: 'Token' }>;
  who: string;
  state: StoreState;
  unwrap: Unwrap;
  readFile: ReadSecretFile;
  log: Log;
}

const noSecretIdInIt: ReadonlySet<string> = new Set<FailureCode>([
  'credential-store.wrapping-used',
  'credential-store.not-a-wrapping-token',
]);

/** Where the SecretID comes from. Not safe concurrently: the session asks once at a time. */
export class SecretIdSource {
  readonly #parts: SecretIdParts;
  readonly #auth: Exclude<HashicorpAuth, { type: 'Token' }>;
  readonly #who: string;
  readonly #state: StoreState;
  readonly #spent: Spent;
  #last: string | null = null;
  #unsealed: { secretId: Secret; mark: string } | null = null;

  constructor(parts: SecretIdParts) {
    this.#parts = parts;
    this.#auth = parts.auth;
    this.#who = parts.who;
    this.#state = parts.state;
    this.#spent = makeSpent(this.#state);
  }

  /** Unwraps when it must, and has then sealed what was inside before it resolves. */
  async get(): Promise<GivenSecretId> {
    const secret = await this.#given();
    if (secret === null) {
      const secretId = this.#auth.wrapped ? this.#kept() : null;
      if (secretId === null) throw noSecret(this.#who, this.#auth.wrapped ? 'wrapped SecretID' : 'SecretID');
      this.#last = null;
      return { secretId, remarks: [] };
    }
    const word = this.#clean(secret, this.#auth.wrapped ? 'wrapping token' : 'SecretID');
    this.#last = markOf(word);
    if (this.#unsealed?.mark === this.#last) {
      const { secretId } = this.#unsealed;
      this.#seal();
      return { secretId, remarks: [] };
    }
    if (!this.#auth.wrapped) return { secretId: word, remarks: [] };
    try {
      return await this.#opened(word);
    } catch (thrown) {
      if (asFailure(thrown).retry !== 'needs-person') this.#last = null; // not opened yet, and it will not keep for long
      throw thrown;
    }
  }

  /** Something else was given than at the last `get`. What cannot be read now is no change. */
  async changed(): Promise<boolean> {
    const mark = await this.#markGiven();
    return mark !== null && mark !== this.#last;
  }

  /** There is a wrapping token that was not opened yet: it lives for minutes, as a rule. */
  async perishable(): Promise<boolean> {
    if (!this.#auth.wrapped) return false;
    const mark = await this.#markGiven();
    const state = mark === null ? 'opened' : this.#spent.state(mark);
    return state !== 'opened' && state !== 'refused';
  }

  /** What was given from outside: the file's word, or the sealed wrapping token, or nothing new. */
  async #given(): Promise<Secret | null> {
    if (this.#auth.type === 'AppRoleFile') return secretInFile(this.#auth.secretFile, this.#parts.readFile);
    return this.#state.secret(this.#auth.wrapped ? storeSecrets.wrappingToken : storeSecrets.secretId);
  }

  /** Null when there is nothing, or nothing that can be read now. */
  async #markGiven(): Promise<string | null> {
    try {
      const secret = await this.#given();
      const text = secret === null ? null : cleanText(secret.text());
      return text === null ? null : markOf(Secret.of(text));
    } catch {
      return null;
    }
  }

  #kept(): Secret | null {
    const secret = this.#state.secret(storeSecrets.secretId);
    return secret === null ? null : this.#clean(secret, 'SecretID');
  }

  #clean(secret: Secret, what: string): Secret {
    const text = cleanText(secret.text());
    if (text !== null) return Secret.of(text);
    throw new Failure('credential-store.bad-secret-id', `The ${what} for ${this.#who} is not valid.`, {
      hint: 'It must not contain spaces or line breaks. Set it again.',
    });
  }

  /** Once for each wrapping token: sealed before anything else happens, so that a restart or a refused login loses nothing. */
  async #opened(wrapping: Secret): Promise<GivenSecretId> {
    const mark = markOf(wrapping);
    const before = this.#spent.state(mark);
    const old = this.#kept(); // refuses while the keychain is locked: what comes out could not be sealed
    if (before === 'opened' || before === 'refused') return this.#spentBefore(old, before);
    try {
      const secretId = await this.#parts.unwrap(wrapping, before === 'begun', () => this.#spent.begin(mark));
      this.#unsealed = { secretId, mark };
      this.#seal();
      return { secretId, remarks: [] };
    } catch (thrown) {
      if (!noSecretIdInIt.has(asFailure(thrown).code)) throw thrown;
      // our own try was cut off between sealing and noting it
      const own = before === 'begun' && old !== null;
      if (own) this.#spent.opened(mark);
      else this.#spent.refused(mark);
      if (old === null) throw thrown;
      return this.#spentBefore(old, own ? 'opened' : 'refused');
    }
  }

  /** What could not be sealed stays in memory, is used, and is sealed at the next chance. */
  #seal(): void {
    if (this.#unsealed === null) return;
    try {
      this.#state.keepSecret(storeSecrets.secretId, this.#unsealed.secretId);
      this.#spent.opened(this.#unsealed.mark);
      this.#unsealed = null;
      this.#forgetWrapping();
    } catch (thrown) {
      this.#parts.log.error('an unwrapped SecretID could not be sealed', {
        who: this.#who,
        code: asFailure(thrown).code,
      });
    }
  }

  #spentBefore(old: Secret | null, state: 'opened' | 'refused'): GivenSecretId {
    if (old === null && state === 'refused') throw wrappingUsed(this.#who, '', false);
    if (old === null) throw notKept(this.#who);
    this.#forgetWrapping();
    return { secretId: old, remarks: state === 'refused' ? [usedRemark] : [] };
  }

  #forgetWrapping(): void {
    if (this.#auth.type === 'AppRoleSecret') this.#state.forgetSecret(storeSecrets.wrappingToken);
  }
}

const usedRemark =
  'The last wrapping token had expired or had already been used, possibly by someone else. The previous SecretID is used. Request a new wrapping token.';

function notKept(who: string): Failure {
  return new Failure(
    'credential-store.wrapping-used',
    `The wrapping token for ${who} has already been used, and the SecretID from it is not stored here.`,
    { hint: 'Request a new wrapped SecretID.' },
  );
}
