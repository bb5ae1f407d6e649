import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../../electron/secrets/secret.ts';

test('A wiped secret overwrites its bytes and gives nothing any more, however often it is wiped', () => {
  const secret = Secret.of('hunter2');
  const bytes = secret.bytes();
  secret.wipe();
  secret.wipe();
  expect(bytes).toEqual(Buffer.alloc(7));
  expect(() => secret.bytes()).toThrow('the secret was wiped');
  expect(() => secret.text()).toThrow('the secret was wiped');
});

test('An empty secret is readable until it is wiped, whatever others were wiped before', () => {
  Secret.of('other').wipe();
  const empty = [Secret.of(''), Secret.take(Buffer.alloc(0))];
  expect(empty.map((secret) => secret.text())).toEqual(['', '']);
  for (const secret of empty) secret.wipe();
  for (const secret of empty) expect(() => secret.bytes()).toThrow('the secret was wiped');
});

test('A secret prints its label and never its value, in strings, JSON, logs and nested values', () => {
  const secret = Secret.of('hunter2');
  const printed = [
    String(secret),
    `${secret}`,
    secret.toString(),
    JSON.stringify({ secret, list: [secret] }),
    inspect(secret),
    inspect({ deep: { secret } }, { depth: 5, showHidden: true }),
  ];
  for (const text of printed) {
    expect(text).toContain('[secret]');
    expect(text).not.toContain('hunter2');
  }
});

test('A secret holds bytes of its own: neither the giver nor a copy shares them', () => {
  const given = Buffer.from('hunter2');
  const secret = Secret.of(given);
  given.fill(0);
  expect(secret.text()).toBe('hunter2');
  const copy = secret.copy();
  copy.wipe();
  expect(secret.text()).toBe('hunter2');
});
