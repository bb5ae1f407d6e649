import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { decrypt, encrypt, rowFormat, sealFormat } from './aead.ts';
import { frame } from './frame.ts';
import { RowKeys } from './row-keys.ts';
import { Secret } from './secret.ts';

/** The format bytes, as they are authenticated with the place. */
const directByte = Buffer.of(sealFormat);
const rowByte = Buffer.of(rowFormat);

/** Names the one place a sealed value belongs to: moved to another place it does not open. */
export interface SealContext {
  owner: string;
  name: string;
}

/** Seals single values. Throws `keychain.*` while there is no key. */
export interface Sealer {
  seal(context: SealContext, value: Secret): Buffer;
  /** Throws `secret.damaged` when the bytes are not what was sealed for this context. */
  open(context: SealContext, sealed: Uint8Array): Secret;
}

/** A value as the database keeps it; `wrapped` is null for one sealed directly, as all were once. */
export interface SealedRow {
  sealed: Uint8Array;
  wrapped: Uint8Array | null;
}

/** Seals rows, each under a key of its own, which the store's key wraps: a new store key wraps them anew and is done. */
export interface RowSealer extends Sealer {
  sealRow(context: SealContext, value: Secret): { sealed: Buffer; wrapped: Buffer };
  /** Throws `secret.damaged`. */
  openRow(context: SealContext, row: SealedRow): Secret;
}

/**
 * Sealing under one data key, the store's key. What is sealed directly has its own key as well (one HMAC, HKDF-Expand
 * with a single block), so that random nonces stay safe however often it is rewritten.
 */
export class Envelope implements RowSealer {
  readonly #dataKey: Buffer;
  readonly #storeUuid: string;
  #direct: KeyObject;
  #rows: RowKeys;

  /** Takes `dataKey` over: `wipe` overwrites it. */
  constructor(dataKey: Buffer, storeUuid: string) {
    this.#dataKey = dataKey;
    this.#storeUuid = storeUuid;
    this.#direct = createSecretKey(dataKey);
    this.#rows = new RowKeys(dataKey);
  }

  seal(context: SealContext, value: Secret): Buffer {
    const bound = this.#bound(context, directByte);
    const key = this.#recordKey(bound);
    try {
      return encrypt(key, bound, value.bytes());
    } finally {
      key.fill(0);
    }
  }

  open(context: SealContext, sealed: Uint8Array): Secret {
    const bound = this.#bound(context, directByte);
    return opened(context, this.#recordKey(bound), (key) => decrypt(key, bound, sealed));
  }

  sealRow(context: SealContext, value: Secret): { sealed: Buffer; wrapped: Buffer } {
    const bound = this.#bound(context, rowByte);
    const { rowKey, wrapped } = this.#rows.fresh(bound);
    try {
      return { sealed: encrypt(rowKey, bound, value.bytes(), rowFormat), wrapped };
    } finally {
      rowKey.fill(0);
    }
  }

  openRow(context: SealContext, { sealed, wrapped }: SealedRow): Secret {
    if (wrapped === null) return this.open(context, sealed);
    const bound = this.#bound(context, rowByte);
    const rowKey = this.#rows.unwrap(wrapped);
    if (rowKey === null) throw damagedSecret(context);
    return opened(context, rowKey, (key) => decrypt(key, bound, sealed, rowFormat));
  }

  /** The wraps of these rows under another store key; null for each that is damaged. */
  rewrap(to: Envelope, rows: readonly (SealContext & { wrapped: Uint8Array })[]): (Buffer | null)[] {
    return this.#rows.rewrap(
      to.#rows,
      rows.map((row) => ({ bound: this.#bound(row, rowByte), wrapped: row.wrapped })),
    );
  }

  /** What every row key begins with that is wrapped under this store key. */
  get mark(): Buffer {
    return this.#rows.mark;
  }

  /** Hands the data key to `use` for wrapping it anew. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T {
    return use(this.#dataKey);
  }

  wipe(): void {
    this.#dataKey.fill(0);
    this.#direct = createSecretKey(this.#dataKey);
    this.#rows = new RowKeys(this.#dataKey);
  }

  #bound(context: SealContext, format: Buffer): Buffer {
    return frame([this.#storeUuid, context.owner, context.name, format]);
  }

  #recordKey(bound: Buffer): Buffer {
    return createHmac('sha256', this.#direct)
      .update('trustkeep record')
      .update(bound)
      .update('\x01')
      .digest();
  }
}

function opened(context: SealContext, key: Buffer, open: (key: Buffer) => Buffer | null): Secret {
  const plain = open(key);
  key.fill(0);
  if (plain === null) throw damagedSecret(context);
  return Secret.take(plain);
}

function damagedSecret({ owner, name }: SealContext): Failure {
  return new Failure(
    'secret.damaged',
    `The stored secret "${name}" of ${owner} is damaged and cannot be opened.`,
    {
      hint: 'Enter this secret again. All other secrets are usable.',
      retry: 'needs-person',
    },
  );
}
