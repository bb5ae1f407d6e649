import { createHmac } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { decrypt, encrypt, sealFormat } from './aead.ts';
import { frame } from './frame.ts';
import { Secret } from './secret.ts';

/** Names the one place a sealed value belongs to: moved to another place it does not open. */
export interface SealContext {
  owner: string;
  name: string;
}

/** Seals values for the database. Throws `keychain.*` while there is no key. */
export interface Sealer {
  seal(context: SealContext, value: Secret): Buffer;
  /** Throws `secret.damaged` when the bytes are not what was sealed for this context. */
  open(context: SealContext, sealed: Uint8Array): Secret;
}

/**
 * Sealing under one data key. Every record has its own key (one HMAC, HKDF-Expand with a single block), so that
 * random nonces stay safe however often one record is rewritten.
 */
export class Envelope implements Sealer {
  readonly #dataKey: Buffer;
  readonly #storeUuid: string;

  /** Takes `dataKey` over: `wipe` overwrites it. */
  constructor(dataKey: Buffer, storeUuid: string) {
    this.#dataKey = dataKey;
    this.#storeUuid = storeUuid;
  }

  seal(context: SealContext, value: Secret): Buffer {
    const bound = this.#bound(context);
    const key = this.#recordKey(bound);
    try {
      return encrypt(key, bound, value.bytes());
    } finally {
      key.fill(0);
    }
  }

  open(context: SealContext, sealed: Uint8Array): Secret {
    const bound = this.#bound(context);
    const key = this.#recordKey(bound);
    const plain = decrypt(key, bound, sealed);
    key.fill(0);
    if (plain === null) throw damaged(context);
    const value = Secret.of(plain);
    plain.fill(0);
    return value;
  }

  /** Hands the data key to `use` for wrapping it anew. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T {
    return use(this.#dataKey);
  }

  wipe(): void {
    this.#dataKey.fill(0);
  }

  #bound(context: SealContext): Buffer {
    return frame([this.#storeUuid, context.owner, context.name, Buffer.of(sealFormat)]);
  }

  #recordKey(bound: Buffer): Buffer {
    return createHmac('sha256', this.#dataKey)
      .update('trustkeep record')
      .update(bound)
      .update('\x01')
      .digest();
  }
}

function damaged({ owner, name }: SealContext): Failure {
  return new Failure(
    'secret.damaged',
    `The stored secret "${name}" of ${owner} is damaged and cannot be opened.`,
    {
      hint: 'Enter this secret again. All other secrets are usable.',
      retry: 'needs-person',
    },
  );
}
