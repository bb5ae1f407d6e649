import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { AuthorityState } from '../authority.ts';
import type { AcmeAnswer, AcmeClient, AskOptions } from './client.ts';
import { externalBinding, jwkOf, type Signer, thumbprint } from './jws.ts';
import { type Directory, readAs, account as wireAccount } from './wire.ts';

interface Account {
  url: string;
  signer: Signer;
  /** Of the account key: half of every key authorization. */
  thumbprint: string;
}

/** The account URL is of use only at the CA that gave it. */
const note = z.object({ directoryUrl: z.string(), url: z.string() });
const makeKeyPair = promisify(generateKeyPair);

interface AccountsParts {
  settings: AcmeSettings;
  state: AuthorityState;
  client: AcmeClient;
  log: Log;
}

/**
 * Our account with the CA. The key is sealed before the CA hears of it, so no account is ever lost to a crash.
 * Rejects with `acme.terms-not-agreed`, `acme.eab-needed`, `acme.eab-used`, `acme.*`, `net.*`, `keychain.*`.
 */
export class Accounts {
  readonly #settings: AcmeSettings;
  readonly #state: AuthorityState;
  readonly #client: AcmeClient;
  readonly #log: Log;
  #current: Account | null = null;

  constructor(parts: AccountsParts) {
    this.#settings = parts.settings;
    this.#state = parts.state;
    this.#client = parts.client;
    this.#log = parts.log;
  }

  /** Registers at first use. */
  async get(signal?: AbortSignal): Promise<Account> {
    return this.#current ?? this.#state.once('account', () => this.#ensure(null, signal));
  }

  /** Signed by the account. When the CA lost it, it is registered once more and the request sent again. */
  async post(url: string, payload: unknown, asking: AskOptions): Promise<AcmeAnswer> {
    const account = await this.get(asking.signal);
    try {
      return await this.#client.post(url, payload, account.signer, asking);
    } catch (thrown) {
      if (asFailure(thrown).code !== 'acme.account-does-not-exist') throw thrown;
      this.#log.warn('the CA lost the account, registering again', { ca: this.#client.ca });
      const again = await this.#state.once('account', () => this.#ensure(account.url, asking.signal));
      return this.#client.post(url, payload, again.signer, asking);
    }
  }

  /** Address of the list of our orders; null when the CA offers none. */
  async ordersUrl(signal?: AbortSignal): Promise<string | null> {
    const { url } = await this.get(signal);
    const answer = await this.post(url, null, { asked: 'the account', signal });
    return readAs(wireAccount, answer.body, 'account', this.#client.ca).orders ?? null;
  }

  #storedUrl(): string | null {
    const text = this.#state.note('account');
    const read = text === null ? null : note.safeParse(JSON.parse(text));
    return read?.success && read.data.directoryUrl === this.#settings.directoryUrl ? read.data.url : null;
  }

  #remember(key: KeyObject, url: string): Account {
    const jwk = jwkOf(key);
    this.#current = { url, signer: { key, jwk, kid: url }, thumbprint: thumbprint(jwk) };
    return this.#current;
  }

  /** Key first, then the account: whatever happens in between, the next start finds the key and asks for its account. */
  async #ensure(lost: string | null, signal: AbortSignal | undefined): Promise<Account> {
    if (this.#current !== null && this.#current.url !== lost) return this.#current;
    const sealed = this.#state.secret('account-key');
    const key = sealed === null ? await this.#newKey() : createPrivateKey(sealed.text());
    const known = this.#storedUrl();
    if (known !== null && known !== lost) return this.#remember(key, known);
    const signer: Signer = { key, jwk: jwkOf(key), kid: null };
    const found = sealed === null || lost !== null ? null : await this.#existing(signer, signal);
    const url = found ?? (await this.#register(signer, signal));
    this.#state.keepNote('account', JSON.stringify({ directoryUrl: this.#settings.directoryUrl, url }));
    return this.#remember(key, url);
  }

  async #newKey(): Promise<KeyObject> {
    const { privateKey } = await makeKeyPair('ec', { namedCurve: 'P-256' });
    this.#state.keepSecret('account-key', Secret.of(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    return privateKey;
  }

  /** A key without a noted account: an earlier start may have got as far as the CA. An EAB pair may work only once. */
  async #existing(signer: Signer, signal: AbortSignal | undefined): Promise<string | null> {
    const { newAccount } = await this.#client.directory();
    try {
      const asked = { asked: 'to look up the account', signal };
      return (await this.#client.post(newAccount, { onlyReturnExisting: true }, signer, asked)).location;
    } catch (thrown) {
      if (asFailure(thrown).code === 'acme.account-does-not-exist') return null;
      throw thrown;
    }
  }

  async #register(signer: Signer, signal: AbortSignal | undefined): Promise<string> {
    const directory = await this.#client.directory();
    requireTerms(directory, this.#settings, this.#client.ca);
    const binding = this.#bindingFor(directory, signer);
    const payload = {
      ...(this.#settings.contact.length === 0 ? {} : { contact: this.#settings.contact.map(contactUrl) }),
      ...(this.#settings.termsAgreed ? { termsOfServiceAgreed: true } : {}),
      ...(binding === null ? {} : { externalAccountBinding: binding }),
    };
    const answer = await this.#client
      .post(directory.newAccount, payload, signer, { asked: 'the new account', signal })
      .catch((thrown: unknown) => {
        throw eabUsed(thrown, this.#client.ca) ?? thrown;
      });
    if (answer.location === null)
      throw new Failure(
        'acme.unexpected-answer',
        `The CA ${this.#client.ca} did not return an address for the new account.`,
      );
    this.#log.info('registered an account', {
      ca: this.#client.ca,
      url: answer.location,
      created: answer.status === 201,
    });
    return answer.location;
  }

  #bindingFor(directory: Directory, signer: Signer): object | null {
    const hmacKey = this.#state.secret('eab-hmac');
    if (this.#settings.eabKeyId !== null && hmacKey !== null) {
      const macKey = decodeHmacKey(hmacKey.text());
      const bound = externalBinding(signer.jwk, directory.newAccount, this.#settings.eabKeyId, macKey);
      macKey.fill(0);
      return bound;
    }
    if (directory.meta?.externalAccountRequired !== true) return null;
    throw new Failure('acme.eab-needed', `The CA ${this.#client.ca} requires an external account binding.`, {
      hint: 'Get an EAB key ID and HMAC key from the CA and set both for the authority (eab_key_id, eab_hmac_key).',
    });
  }
}

function requireTerms(directory: Directory, settings: AcmeSettings, ca: string): void {
  const terms = directory.meta?.termsOfService;
  if (terms === undefined || settings.termsAgreed) return;
  throw new Failure('acme.terms-not-agreed', `The CA ${ca} requires you to accept its terms of service.`, {
    hint: `Read ${terms}. If you accept them, set agree_to_terms for this authority.`,
  });
}

/**
 * CAs show the key as base64url or as base64, with or without padding; both alphabets decode alike.
 * @internal
 */
export function decodeHmacKey(text: string): Buffer {
  const plain = text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (plain !== '' && /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1)
    return Buffer.from(plain, 'base64');
  throw new Failure('acme.eab-key-unreadable', 'The EAB HMAC key is neither base64 nor base64url.', {
    hint: 'Copy the HMAC key again, exactly as the CA shows it.',
  });
}

/** Sectigo and others bind one account per EAB pair; asking again gives the same answer for ever. */
function eabUsed(thrown: unknown, ca: string): Failure | null {
  const failure = asFailure(thrown);
  if (!/not awaiting external account binding/i.test(failure.peerSaid ?? '')) return null;
  return new Failure(
    'acme.eab-used',
    `The external account binding for the CA ${ca} has already been used.`,
    {
      hint: 'Get a new EAB key ID and HMAC key from the CA and set both for the authority.',
      peerSaid: failure.peerSaid,
      cause: failure,
    },
  );
}

function contactUrl(contact: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(contact) ? contact : `mailto:${contact}`;
}
