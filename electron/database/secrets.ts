import { asFailure, type Failure } from '#shared/failure.ts';
import type { RowSealer, SealContext } from '../secrets/envelope.ts';
import type { Secret } from '../secrets/secret.ts';
import type { SecretRows } from './database.ts';
import type { Driver } from './driver.ts';
import { ownerName } from './secret-owner.ts';

export class SecretRepository implements SecretRows {
  readonly #driver: Driver;
  readonly #sealer: RowSealer;

  constructor(driver: Driver, sealer: RowSealer) {
    this.#driver = driver;
    this.#sealer = sealer;
  }

  put(owner: string, name: string, value: Secret): void {
    putSealed(this.#driver, { owner, name }, this.#sealer.sealRow({ owner, name }, value));
  }

  open(owner: string, name: string): Secret | null {
    // not a join: that takes the library twice as long
    const row = this.#driver.get(
      `SELECT sealed, (SELECT wrapped FROM secret_keys AS k WHERE k.owner = s.owner AND k.name = s.name) AS wrapped
       FROM secrets AS s WHERE owner = ? AND name = ?`,
      [owner, name],
    );
    if (row === undefined) return null;
    try {
      return this.#sealer.openRow(
        { owner, name },
        { sealed: row.sealed as Uint8Array, wrapped: row.wrapped as Uint8Array | null },
      );
    } catch (error) {
      throw this.#withName(owner, name, asFailure(error));
    }
  }

  has(owner: string, name: string): boolean {
    return (
      this.#driver.get('SELECT 1 FROM secrets WHERE owner = ? AND name = ?', [owner, name]) !== undefined
    );
  }

  remove(owner: string, name?: string): void {
    if (name === undefined) this.#driver.run('DELETE FROM secrets WHERE owner = ?', [owner]);
    else this.#driver.run('DELETE FROM secrets WHERE owner = ? AND name = ?', [owner, name]);
  }

  list(owner: string): string[] {
    const rows = this.#driver.all('SELECT name FROM secrets WHERE owner = ? ORDER BY name', [owner]);
    return rows.map((row) => String(row.name));
  }

  /** A person knows an owner by its name. */
  #withName(owner: string, name: string, failure: Failure): Failure {
    if (failure.code !== 'secret.damaged') return failure;
    return failure.saying(
      `The stored secret "${name}" of ${ownerName(this.#driver, owner)} is damaged and cannot be opened.`,
      { cause: failure },
    );
  }
}

/** The value and its key, together. */
export function putSealed(
  driver: Driver,
  { owner, name }: SealContext,
  { sealed, wrapped }: { sealed: Buffer; wrapped: Buffer },
): void {
  driver.transaction(() => {
    driver.run(
      `INSERT INTO secrets (owner, name, sealed) VALUES (?, ?, ?)
       ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed`,
      [owner, name, sealed],
    );
    driver.run(
      `INSERT INTO secret_keys (owner, name, wrapped) VALUES (?, ?, ?)
       ON CONFLICT (owner, name) DO UPDATE SET wrapped = excluded.wrapped`,
      [owner, name, wrapped],
    );
  });
}
