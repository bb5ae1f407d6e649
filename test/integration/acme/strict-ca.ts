import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { makeTestAcme, type TestAcme } from '../../make/acme.ts';
import { startAcmeStrict } from '../../servers/acme-strict.ts';
import type { AcmeStrict } from '../../servers/acme-strict-script.ts';
import { have } from '../../servers/available.ts';

export const ready = have('openssl');
const open: { close(): Promise<void> }[] = [];
export function acme(...args: Parameters<typeof makeTestAcme>): TestAcme {
  const made = makeTestAcme(...args);
  open.push(made);
  return made;
}
export let ca: AcmeStrict;

/** `at` is `ms` after a moment between `before` and now. */
export function expectSince(before: number, at: number, ms: number): void {
  expect(at - ms).toBeGreaterThanOrEqual(before);
  expect(at - ms).toBeLessThanOrEqual(Date.now());
}

/** Every test starts with a new strict CA. */
export function prepareStrictCa(): void {
  afterAll(() => Promise.all(open.map((one) => one.close())));
  beforeEach(async () => {
    ca = await startAcmeStrict();
  });
  afterEach(() => ca.stop());
}

/** Puts another CA into the place of the one there is. */
export async function restart(options: Parameters<typeof startAcmeStrict>[0]): Promise<void> {
  await ca.stop();
  ca = await startAcmeStrict(options);
}
