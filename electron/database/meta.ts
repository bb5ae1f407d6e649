import type { MetaRows } from './database.ts';
import type { Driver } from './driver.ts';

export class MetaRepository implements MetaRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  get(name: string): string | null {
    const row = this.#driver.get('SELECT value FROM meta WHERE name = ?', [name]);
    return row === undefined ? null : String(row.value);
  }

  set(name: string, value: string): void {
    this.#driver.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', [name, value]);
  }

  remove(name: string): void {
    this.#driver.run('DELETE FROM meta WHERE name = ?', [name]);
  }

  hasSealed(): boolean {
    return (
      this.#driver.get(
        'SELECT 1 FROM secrets UNION ALL SELECT 1 FROM audit_head WHERE seal IS NOT NULL LIMIT 1',
      ) !== undefined
    );
  }
}
