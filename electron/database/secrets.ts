import type { Sealer } from '../secrets/envelope.ts';
import type { Secret } from '../secrets/secret.ts';
import type { SecretRows } from './database.ts';
import type { Driver } from './driver.ts';

export class SecretRepository implements SecretRows {
  readonly #driver: Driver;
  readonly #sealer: Sealer;

  constructor(driver: Driver, sealer: Sealer) {
    this.#driver = driver;
    this.#sealer = sealer;
  }

  put(owner: string, name: string, value: Secret): void {
    const sealed = this.#sealer.seal({ owner, name }, value);
    this.#driver.run(
      `INSERT INTO secrets (owner, name, sealed) VALUES (?, ?, ?)
       ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed`,
      [owner, name, sealed],
    );
  }

  open(owner: string, name: string): Secret | null {
    const row = this.#driver.get('SELECT sealed FROM secrets WHERE owner = ? AND name = ?', [owner, name]);
    if (row === undefined) return null;
    return this.#sealer.open({ owner, name }, row.sealed as Uint8Array);
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
}
