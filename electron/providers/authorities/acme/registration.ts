import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { AuthorityState } from '../authority.ts';
import type { AcmeAnswer, AcmeClient } from './client.ts';
import { bindingFor, eabUsed } from './external-account.ts';
import { innerSigned, type Signer } from './jws.ts';
import { type Directory, parseJson, account as wireAccount } from './wire.ts';

/** An account as the CA shows it. */
export interface SeenAccount {
  url: string;
  /** Null when the CA does not say. */
  status: string | null;
  /** Null when the CA does not show it. */
  contact: string[] | null;
}

/** What the CA said of the account when it was asked. */
export interface CheckedAccount extends SeenAccount {
  /** `registered`: there was none before; `again`: the CA did not have the one there was. */
  how: 'known' | 'registered' | 'again';
  /** Why the contact that is set has not reached the CA; null: it has, or nothing was to be sent. */
  contactRefused: Failure | null;
}

interface RegistrationParts {
  settings: AcmeSettings;
  state: AuthorityState;
  client: AcmeClient;
  log: Log;
}

/** What is asked of a CA about accounts (RFC 8555 7.3). Keeps nothing. */
export class Registration {
  readonly #parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /** As `find`, but `acme.account-not-valid` when it is over. */
  async lookUp(signer: Signer, signal?: AbortSignal): Promise<SeenAccount | null> {
    const seen = await this.find(signer, signal);
    return seen === null ? null : mustBeValid(this.#parts.client.ca, seen);
  }

  /** The account of this key, asked of the CA now by its key, in whatever state; null when it has none. */
  async find(signer: Signer, signal?: AbortSignal): Promise<SeenAccount | null> {
    const { client } = this.#parts;
    const { newAccount } = await client.directory();
    const asking = { asked: 'to look up the account', signal };
    try {
      const byKey = { ...signer, kid: null };
      const answer = await client.post(newAccount, { onlyReturnExisting: true }, byKey, asking);
      return this.#seen(answer);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'acme.account-does-not-exist') return null;
      // some CAs want a binding even from who asks for what is there: then the account itself is asked for
      if (failure.code === 'acme.external-account-required') return this.#readAt(signer, signal);
      // some CAs answer so instead of showing an account that is over
      if (failure.code === 'acme.unauthorized') throw notAccepted(client.ca, failure);
      throw thrown;
    }
  }

  /** With the binding that is set, if any; an account of this key that the CA has already is given again. */
  async register(signer: Signer, signal?: AbortSignal): Promise<SeenAccount> {
    const { client, settings, state, log } = this.#parts;
    const directory = await client.directory();
    requireTerms(directory, settings, client.ca);
    const binding = bindingFor({ settings, state, directory, signer, ca: client.ca });
    const payload = {
      ...(settings.contact.length === 0 ? {} : { contact: contactsOf(settings) }),
      ...(settings.termsAgreed ? { termsOfServiceAgreed: true } : {}),
      ...(binding === null ? {} : { externalAccountBinding: binding }),
    };
    const answer = await client
      .post(directory.newAccount, payload, signer, { asked: 'the new account', signal })
      .catch((thrown: unknown) => {
        throw eabUsed(thrown, client.ca) ?? thrown;
      });
    const seen = mustBeValid(client.ca, this.#seen(answer));
    log.info('registered an account', { ca: client.ca, url: seen.url, created: answer.status === 201 });
    return seen;
  }

  /** `signer` has the account URL as its `kid`. */
  async change(signer: Signer & { kid: string }, change: { contact: string[] } | { status: 'deactivated' }) {
    const { client } = this.#parts;
    const asked = 'status' in change ? 'to deactivate the account' : 'the contact of the account';
    const answer = await client.post(signer.kid, change, signer, { asked });
    return shownIn(answer, signer.kid);
  }

  /** RFC 8555 7.3.5: signed by the old key, and inside by the new one. */
  async rollOver(old: Signer & { kid: string }, next: Signer): Promise<void> {
    const { client } = this.#parts;
    const { keyChange } = await client.directory();
    if (keyChange === undefined)
      throw new Failure(
        'acme.not-offered',
        `The directory of ${client.ca} names no address to change the key of an account.`,
        {
          hint: 'Register a new account instead, or ask the operator of the CA.',
        },
      );
    const inner = innerSigned(next, keyChange, { account: old.kid, oldKey: old.jwk });
    await client.post(keyChange, inner, old, { asked: 'the new key of the account' });
  }

  /** By its address; null when that is not known, which is before the account was registered. */
  async #readAt(signer: Signer, signal: AbortSignal | undefined): Promise<SeenAccount | null> {
    if (signer.kid === null) return null;
    const asking = { asked: 'the account', signal };
    return shownIn(await this.#parts.client.post(signer.kid, null, signer, asking), signer.kid);
  }

  #seen(answer: AcmeAnswer): SeenAccount {
    if (answer.location !== null) return shownIn(answer, answer.location);
    throw new Failure(
      'acme.unexpected-answer',
      `The CA ${this.#parts.client.ca} did not return an address for the account.`,
    );
  }
}

/** An answer without a readable body says nothing of the account but that it is there. */
function shownIn(answer: AcmeAnswer, url: string): SeenAccount {
  const read = wireAccount.safeParse(parseJson(answer.body));
  return { url, status: read.data?.status ?? null, contact: read.data?.contact ?? null };
}

function mustBeValid(ca: string, seen: SeenAccount): SeenAccount {
  if (seen.status === null || seen.status === 'valid') return seen;
  throw new Failure(
    'acme.account-not-valid',
    `The CA ${ca} says that the account ${seen.url} is ${seen.status}.`,
    {
      hint: newAccountHint,
    },
  );
}

function notAccepted(ca: string, cause: Failure): Failure {
  return new Failure('acme.account-not-valid', `The CA ${ca} refuses the key of the account.`, {
    hint: newAccountHint,
    peerSaid: cause.peerSaid,
    cause,
  });
}

const newAccountHint =
  'Register a new account with trustkeep authorities account register NAME. If the CA requires an external account binding, set a new EAB key ID and HMAC key for the authority first; the new account is then registered automatically.';

function requireTerms(directory: Directory, settings: AcmeSettings, ca: string): void {
  const terms = directory.meta?.termsOfService;
  if (terms === undefined || settings.termsAgreed) return;
  throw new Failure('acme.terms-not-agreed', `The CA ${ca} requires you to accept its terms of service.`, {
    hint: `Read ${terms}. If you accept them, set agree_to_terms for this authority.`,
  });
}

/** As they are sent: an address alone is one of email. */
export function contactsOf({ contact }: Pick<AcmeSettings, 'contact'>): string[] {
  return contact.map((one) => (/^[a-z][a-z0-9+.-]*:/i.test(one) ? one : `mailto:${one}`));
}
