import { afterEach, beforeEach } from 'vitest';
import { sealedStore } from '#test/make/sealed-store.ts';

export let it: Awaited<ReturnType<typeof sealedStore>>;

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
export function prepareSealedStore(): void {
  beforeEach(async () => {
    it = await sealedStore();
  });
  afterEach(() => {
    it.database.close();
    it.remove();
  });
}
