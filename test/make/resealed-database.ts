import { afterEach, beforeEach } from 'vitest';
import { sealedDatabase } from '#test/make/sealed-database.ts';

export let it: Awaited<ReturnType<typeof sealedDatabase>>;

export const value = (index: number): string | undefined =>
  it.database.secrets.open(`cr_${index}`, 'password')?.text();
export const bodies = () => it.driver.all('SELECT owner, name, sealed FROM secrets ORDER BY owner, name');
export const notes = () => JSON.parse(it.database.meta.get('secrets.key') ?? '{}');

/** The next start of the program. */
export async function restart() {
  it.database.close();
  const next = it.start();
  const state = await next.masterKey.unlock();
  Object.assign(it, next);
  return state;
}

/** Every test starts with a store whose values are sealed. */
export function prepareSealedDatabase(): void {
  beforeEach(async () => {
    it = await sealedDatabase();
  });
  afterEach(() => {
    it.database.close();
    it.remove();
  });
}
