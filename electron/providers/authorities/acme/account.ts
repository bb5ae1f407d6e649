import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { AuthorityAccount } from '#shared/model/authority.ts';
import type { AuthorityState } from '../authority.ts';
import { type Account, AccountKeys, type AccountNote, accountOf, type Noted } from './account-keys.ts';
import type { AcmeAnswer, AcmeClient, AskOptions } from './client.ts';
import type { ForeignAccount } from './foreign-account.ts';
import { importAccount } from './import-account.ts';
import { type Signer, thumbprint } from './jws.ts';
import { type CheckedAccount, contactsOf, Registration, type SeenAccount } from './registration.ts';
import { readAs, account as wireAccount } from './wire.ts';

interface AccountsParts {
  settings: AcmeSettings;
  state: AuthorityState;
  client: AcmeClient;
  log: Log;
}

/**
 * The account with the CA. Registered at first use; a new one, with a key of its own, when another binding was set.
 * Rejects with `acme.terms-not-agreed`, `acme.eab-needed`, `acme.eab-used`, `acme.account-not-valid`, `acme.*`, `net.*`,
 * `keychain.*`.
 */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #keys: AccountKeys;
  readonly #registration: Registration;
  #current: Account | null = null;
  /** Of this adapter: one that found the account registered has asked nothing yet. */
  #registered = 0;
  #contactRefused: Failure | null = null;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
    this.#keys = new AccountKeys(parts.state, parts.settings.directoryUrl);
    this.#registration = new Registration(parts);
  }

  /** Registers at first use; sends the contact when it is not the one that the CA accepted last. */
  async get(signal?: AbortSignal): Promise<Account> {
    return this.#current ?? this.#inTurn(() => this.#ensure(null, signal));
  }

  /** Signed by the account. When the CA lost it, it is registered once more and the request sent again. */
  async post(url: string, payload: unknown, asking: AskOptions): Promise<AcmeAnswer> {
    const account = await this.get(asking.signal);
    const { client } = this.#parts;
    try {
      return await client.post(url, payload, account.signer, asking);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'acme.unauthorized') await this.#mustBeValid(account, asking.signal);
      if (failure.code !== 'acme.account-does-not-exist') throw thrown;
      this.#parts.log.warn('the CA lost the account, registering again', { ca: client.ca });
      const again = await this.#inTurn(() => this.#ensure(account.url, asking.signal));
      return client.post(url, payload, again.signer, asking);
    }
  }

  /** Address of the list of our orders; null when the CA offers none. */
  async ordersUrl(signal?: AbortSignal): Promise<string | null> {
    const { url } = await this.get(signal);
    const answer = await this.post(url, null, { asked: 'the account', signal });
    return readAs(wireAccount, answer.body, 'account', this.#parts.client.ca).orders ?? null;
  }

  /** Asks the CA, whatever is noted here. Registers when the CA has no account of this key. */
  async check(): Promise<CheckedAccount> {
    const before = this.#registered;
    const account = await this.get();
    const seen = await this.#registration.lookUp(account.signer);
    const contactRefused = this.#contactRefused;
    if (seen !== null)
      return { ...seen, how: this.#registered === before ? 'known' : 'registered', contactRefused };
    const { url } = await this.#inTurn(() => this.#ensure(account.url, undefined));
    return { url, status: null, contact: null, how: 'again', contactRefused };
  }

  /** The account as the CA shows it now; null when none was registered, or the CA has none of this key. Registers nothing. */
  async look(): Promise<AuthorityAccount | null> {
    const key = this.#keys.current();
    const kid = key === null ? null : (this.#keys.noteOf(key)?.url ?? null);
    const seen = key === null ? null : await this.#registration.find({ ...key, kid });
    return key === null || seen === null ? null : this.#factsOf(key, seen);
  }

  /** Sends what was set since the CA last heard of the account; nothing when there is none yet. */
  async takeUp(): Promise<void> {
    const key = this.#keys.current();
    if (key !== null && this.#keys.noteOf(key) !== null) await this.get();
  }

  /** Sends the contact, whatever the CA accepted last. */
  sendContact(): Promise<AuthorityAccount> {
    return this.#changing(async (account) => {
      const seen = await this.#registration.change(account.signer, { contact: this.#contact() });
      this.#note(account, { contact: this.#contact() });
      this.#contactRefused = null;
      return this.#factsOf(account.signer, seen);
    });
  }

  /** The CA gets a new key for the account, and forgets the old one. */
  rollKey(): Promise<void> {
    return this.#changing(async (account) => {
      const next = await this.#keys.makeNext();
      await this.#registration.rollOver(account.signer, next).catch((thrown: unknown) => {
        // what was refused is over; what was lost may have been done, and the next start asks
        if (asFailure(thrown).about === 'authority') this.#keys.dropNext();
        else this.#current = null;
        throw thrown;
      });
      this.#keys.takeNext({ ...this.#keys.noteOf(account.signer), url: account.url });
      this.#current = accountOf(next, account.url);
    });
  }

  /** For ever: ACME has no way back. */
  deactivate(): Promise<AuthorityAccount> {
    return this.#changing(async ({ signer }) => {
      const seen = await this.#registration.change(signer, { status: 'deactivated' });
      this.#current = null;
      return this.#factsOf(signer, seen);
    });
  }

  /** A new account with a new key, whatever became of the one there is. */
  async registerNew(): Promise<void> {
    await this.#inTurn(async () => (await this.#settleNext(undefined)) || (await this.#replace(undefined)));
  }

  /** The account that another client registered, in place of the present one. */
  importFrom(found: ForeignAccount): Promise<AuthorityAccount> {
    return this.#inTurn(async () => {
      const { ca } = this.#parts.client;
      const parts = { keys: this.#keys, registration: this.#registration, ca, contact: this.#contact() };
      const { account, seen } = await importAccount(found, parts);
      return this.#factsOf(this.#remember(account).signer, seen);
    });
  }

  #factsOf(key: Signer, seen: SeenAccount): AuthorityAccount {
    return { ...seen, thumbprint: thumbprint(key.jwk), eabKeyId: this.#keys.noteOf(key)?.eabKeyId ?? null };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#parts.state.once('account', work);
  }

  #changing<T>(work: (account: Account) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => work(this.#current ?? (await this.#ensure(null, undefined))));
  }

  #contact(): string[] {
    return contactsOf(this.#parts.settings);
  }

  #remember(account: Account): Account {
    this.#current = account;
    return account;
  }

  #note(account: Account, change: Partial<Noted>): void {
    const { signer, url } = account;
    this.#keys.keepNote(signer, { ...this.#keys.noteOf(signer), url, ...change });
  }

  /** Rejects when the CA says that the account is over: whatever else it refused, that is why. */
  async #mustBeValid(account: Account, signal: AbortSignal | undefined): Promise<void> {
    await this.#registration.lookUp(account.signer, signal).catch((thrown: unknown) => {
      if (asFailure(thrown).code === 'acme.account-not-valid') throw thrown;
    });
  }

  /** Key first, then the account: whatever happens in between, the next start finds the key and asks for its account. */
  async #ensure(lost: string | null, signal: AbortSignal | undefined): Promise<Account> {
    if (this.#current !== null && this.#current.url !== lost) return this.#current;
    await this.#settleNext(signal);
    const sealed = this.#keys.current();
    const key = sealed ?? (await this.#keys.makeCurrent());
    const noted = this.#keys.noteOf(key);
    if (noted !== null && noted.url !== lost) {
      if (this.#hasNewBinding(noted)) return this.#replace(signal);
      await this.#sendChangedContact(accountOf(key, noted.url), noted);
      return this.#remember(accountOf(key, noted.url));
    }
    const found = sealed === null || lost !== null ? null : await this.#registration.lookUp(key, signal);
    const { url } = found ?? (await this.#register(key, signal));
    this.#keys.keepNote(key, { url, ...this.#asSet() });
    return this.#remember(accountOf(key, url));
  }

  #hasNewBinding({ eabKeyId: before }: AccountNote): boolean {
    const { eabKeyId } = this.#parts.settings;
    return before !== undefined && eabKeyId !== null && eabKeyId !== before;
  }

  async #register(key: Signer, signal: AbortSignal | undefined): Promise<SeenAccount> {
    const seen = await this.#registration.register(key, signal);
    this.#registered++;
    return seen;
  }

  #asSet(): { eabKeyId: string | null; contact: string[] } {
    return { eabKeyId: this.#parts.settings.eabKeyId, contact: this.#contact() };
  }

  /** Under a new key: with the old one the CA would give the old account again. */
  async #replace(signal: AbortSignal | undefined): Promise<Account> {
    const next = await this.#keys.makeNext();
    const { url } = await this.#register(next, signal);
    this.#keys.takeNext({ url, ...this.#asSet() });
    this.#parts.log.info('the account was replaced by a new one', { ca: this.#parts.client.ca, url });
    return this.#remember(accountOf(next, url));
  }

  /** A key whose answer was lost: the CA knows whether it accepted it, and then it is the current one. */
  async #settleNext(signal: AbortSignal | undefined): Promise<boolean> {
    const next = this.#keys.next();
    if (next === null) return false;
    const seen = await this.#registration.lookUp(next, signal);
    if (seen === null) {
      this.#keys.dropNext();
      return false;
    }
    const current = this.#keys.current();
    const before = current === null ? null : this.#keys.noteOf(current);
    const rolled = before !== null && before.url === seen.url;
    this.#keys.takeNext(rolled ? before : { url: seen.url, ...this.#asSet() });
    this.#current = null;
    return !rolled;
  }

  /** An order must not fail because the CA dislikes a contact: the test of the authority tells. */
  async #sendChangedContact(account: Account, { contact: accepted = [] }: AccountNote): Promise<void> {
    const contact = this.#contact();
    if (accepted.toSorted().join('\n') === contact.toSorted().join('\n')) return;
    try {
      await this.#registration.change(account.signer, { contact });
      this.#note(account, { contact });
    } catch (thrown) {
      this.#contactRefused = asFailure(thrown);
      this.#parts.log.warn('the contact could not be sent to the CA', {
        because: this.#contactRefused.message,
      });
    }
  }
}
