import { expect, test } from 'vitest';
import { newRecoveryKey, recoveryWrapKey } from '../../../electron/secrets/recovery-key.ts';

const mistyped = expect.objectContaining({ code: 'recovery-key.mistyped' });

test('A recovery key has eight groups of four and a check character, and no two are the same', () => {
  const keys = Array.from({ length: 50 }, newRecoveryKey);
  for (const key of keys) expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-Z*~$=]$/);
  expect(new Set(keys).size).toBe(50);
});

test('A recovery key uses all 32 characters, so that its 32 places hold 160 random bits', () => {
  const used = new Set(Array.from({ length: 200 }, newRecoveryKey).flatMap((key) => [...key.slice(0, -2)]));
  expect(used.size).toBe(32 + 1); // and the dash
});

test('Case, dashes, spaces and letters that look like digits do not matter', () => {
  let key = newRecoveryKey();
  while (!key.includes('0') || !key.includes('1')) key = newRecoveryKey();
  const wrapped = recoveryWrapKey(key, 'store');
  const sloppy = ` ${key.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
  expect(recoveryWrapKey(sloppy, 'store')).toEqual(wrapped);
  expect(recoveryWrapKey(key, 'other store')).not.toEqual(wrapped);
});

test('Every single wrong character and every two swapped neighbours are noticed', () => {
  const key = newRecoveryKey();
  const plain = key.replaceAll('-', '');
  for (let at = 0; at < 32; at += 1) {
    for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
      if (other === plain[at]) continue;
      const wrong = plain.slice(0, at) + other + plain.slice(at + 1);
      expect(() => recoveryWrapKey(wrong, 'store')).toThrow(mistyped);
    }
    const [one, two] = [plain[at]!, plain[at + 1]!];
    if (one === two || at === 31) continue;
    expect(() => recoveryWrapKey(plain.slice(0, at) + two + one + plain.slice(at + 2), 'store')).toThrow(
      mistyped,
    );
  }
});

test('Too short, too long and foreign text are mistyped, and the failure does not repeat it', () => {
  for (const text of ['', 'ABCD', `${newRecoveryKey()}0`, 'hunter2hunter2hunter2hunter2hunter2']) {
    expect(() => recoveryWrapKey(text, 'store')).toThrow(mistyped);
    expect(() => recoveryWrapKey(text, 'store')).not.toThrow(/hunter2/);
  }
});
