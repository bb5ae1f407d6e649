import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Secret } from '../../../secrets/secret.ts';
import type { AuthorityState } from '../authority.ts';
import { jwkOf, type Signer, thumbprint } from './jws.ts';

/** What was noted of the account when the CA last confirmed it. Versions before these members left them out. */
const note = z.object({
  /** The account URL is of use only at the CA that gave it. */
  directoryUrl: z.string(),
  url: z.string(),
  /** Of the key it belongs to: a note about another key is about another account. */
  thumbprint: z.string().optional(),
  /** Key ID of the binding that it was registered with. */
  eabKeyId: z.string().nullable().optional(),
  /** What the CA last accepted. */
  contact: z.array(z.string()).optional(),
});
export type AccountNote = z.infer<typeof note>;

/** What whoever keeps a note says; which key and which CA it is about is known here. */
export type Noted = Pick<AccountNote, 'url' | 'eabKeyId' | 'contact'>;

const makeKeyPair = promisify(generateKeyPair);
const [currentName, nextName] = ['account-key', 'account-key-next'] as const;

/**
 * The keys of the account and the note about it. A key is sealed before the CA hears of it; one that is to take the
 * place of another lies beside it until the CA has accepted it, so that no crash loses an account.
 */
export class AccountKeys {
  readonly #state: AuthorityState;
  readonly #directoryUrl: string;

  constructor(state: AuthorityState, directoryUrl: string) {
    this.#state = state;
    this.#directoryUrl = directoryUrl;
  }

  /** Null when none was made yet. */
  current(): Signer | null {
    return this.#read(currentName);
  }

  /** One that the CA may or may not have accepted before the agent ended. Null: there is none, or it is the current one. */
  next(): Signer | null {
    const next = this.#read(nextName);
    const current = this.current();
    return next === null || (current !== null && thumbprint(next.jwk) === thumbprint(current.jwk))
      ? null
      : next;
  }

  makeCurrent(): Promise<Signer> {
    return this.#make(currentName);
  }

  makeNext(): Promise<Signer> {
    return this.#make(nextName);
  }

  dropNext(): void {
    this.#state.dropSecret(nextName);
  }

  /** The CA has accepted the next key: from here on it is the current one. */
  takeNext(noted: Noted): void {
    const sealed = this.#state.secret(nextName);
    const next = this.#read(nextName);
    if (sealed === null || next === null) return;
    this.#state.keepSecret(currentName, sealed);
    this.keepNote(next, noted);
    this.#state.dropSecret(nextName);
  }

  /** Throws when it is no private key. */
  signerOf(key: Secret): Signer {
    return signerOf(createPrivateKey(key.text()));
  }

  /** A key that the CA has an account for takes the place of every other one. */
  replaceCurrent(key: Secret, noted: Noted): void {
    this.#state.keepSecret(currentName, key);
    this.keepNote(this.signerOf(key), noted);
    this.dropNext();
  }

  /** Null when there is none for this key at this CA. */
  noteOf({ jwk }: Signer): AccountNote | null {
    const text = this.#state.note('account');
    const read = text === null ? null : note.safeParse(JSON.parse(text));
    if (!read?.success || read.data.directoryUrl !== this.#directoryUrl) return null;
    return (read.data.thumbprint ?? thumbprint(jwk)) === thumbprint(jwk) ? read.data : null;
  }

  keepNote({ jwk }: Signer, noted: Noted): void {
    const whole: AccountNote = { ...noted, directoryUrl: this.#directoryUrl, thumbprint: thumbprint(jwk) };
    this.#state.keepNote('account', JSON.stringify(whole));
  }

  #read(name: string): Signer | null {
    const sealed = this.#state.secret(name);
    return sealed === null ? null : this.signerOf(sealed);
  }

  async #make(name: string): Promise<Signer> {
    const { privateKey } = await makeKeyPair('ec', { namedCurve: 'P-256' });
    this.#state.keepSecret(name, Secret.of(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    return signerOf(privateKey);
  }
}

function signerOf(key: KeyObject): Signer {
  return { key, jwk: jwkOf(key), kid: null };
}

/** The account at work. */
export interface Account {
  url: string;
  signer: Signer & { kid: string };
  /** Of the account key: half of every key authorization. */
  thumbprint: string;
}

export function accountOf(signer: Signer, url: string): Account {
  return { url, signer: { ...signer, kid: url }, thumbprint: thumbprint(signer.jwk) };
}
