import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/agent.ts';
import { foreignAccount } from '../../../../../electron/providers/authorities/acme/foreign-account.ts';

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('foreign');
});
afterEach(() => directory.remove());

function put(name: string): void {
  const file = join(directory.path, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '{');
}
const refused = () =>
  foreignAccount(directory.path, 'https://ca.example/directory').catch((thrown: unknown) => thrown);

test('one account in a folder that was not read to its end is not taken for the only one', async () => {
  put('a/account.key');
  put('b/c/d/e/f/g/h/i/other');
  expect(await refused()).toMatchObject({ message: expect.stringContaining('a/account.key does not') });
  put('b/c/d/e/f/g/h/i/j/account.key');
  expect(await refused()).toMatchObject({
    code: 'acme.import-unreadable',
    message: expect.stringMatching(/^\S+ was not read to its end, .* Nothing was changed\.$/),
  });
});

test('a folder that this account is not allowed to read is named, and is not said to have no account', async () => {
  put('accounts/private_key.json');
  const closed = join(directory.path, 'accounts');
  chmodSync(closed, 0o000);
  const message = process.getuid?.() === 0 ? 'private_key.json does not' : `${closed} cannot be read by the`;
  expect(await refused()).toMatchObject({
    code: 'acme.import-unreadable',
    message: expect.stringContaining(message),
  });
  chmodSync(closed, 0o700);
});
