import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { decrypt, encrypt, rowFormat, sealFormat } from './aead.ts';
import { FirstRowKeys } from './first-row-keys.ts';
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
 * with a single block), so that random nonces stay safe however often it is rewritten. Until a rotation is through, rows
 * also open with the store's key before.
 */
export class Envelope implements RowSealer {
  readonly #dataKey: Buffer;
  readonly #storeUuid: string;
  #direct: KeyObject;
  #rows: RowKeys;
  /** Made when a row of theirs is met. */
  #firstRows: FirstRowKeys | null = null;
  #before: Envelope | null = null;

  /** Takes `dataKey` over: `wipe` overwrites it. */
  constructor(dataKey: Buffer, storeUuid: string) {
    this.#dataKey = dataKey;
    this.#storeUuid = storeUuid;
    this.#direct = createSecretKey(dataKey);
    this.#rows = new RowKeys(dataKey);
  }

  /** From now on its rows open as well. Takes `before` over. */
  follow(before: Envelope): void {
    this.forgetBefore();
    this.#before = before;
  }

  forgetBefore(): void {
    this.#before?.wipe();
    this.#before = null;
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
    const rowKey = this.#unwrap(bound, wrapped);
    if (rowKey === null) throw damagedSecret(context);
    return opened(context, rowKey, (key) => decrypt(key, bound, sealed, rowFormat));
  }

  /** The wrap of this row under the store's key of now; null when it is damaged. */
  rewrap(row: SealContext & { wrapped: Uint8Array }): Buffer | null {
    const bound = this.#bound(row, rowByte);
    const rowKey = this.#unwrap(bound, row.wrapped);
    if (rowKey === null) return null;
    const fresh = this.#rows.wrap(bound, rowKey);
    rowKey.fill(0);
    return fresh;
  }

  /** What every row key begins with that is wrapped under this store key, in the format of now. */
  get mark(): Buffer {
    return this.#rows.mark;
  }

  /** Hands the data key to `use` for wrapping it anew. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T {
    return use(this.#dataKey);
  }

  wipe(): void {
    this.forgetBefore();
    this.#dataKey.fill(0);
    this.#direct = createSecretKey(this.#dataKey);
    this.#rows = new RowKeys(this.#dataKey);
    this.#firstRows = null;
  }

  #unwrap(bound: Buffer, wrapped: Uint8Array): Buffer | null {
    const rowKey = this.#rows.unwrap(bound, wrapped);
    if (rowKey !== null) return rowKey;
    this.#firstRows ??= new FirstRowKeys(this.#dataKey);
    const first = this.#firstRows.unwrap(bound, wrapped);
    if (first !== null || this.#before === null) return first;
    return this.#before.#unwrap(bound, wrapped);
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
      hint: 'Enter this secret again. All other secrets can be used.',
    },
  );
}
