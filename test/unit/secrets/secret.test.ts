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
