import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import { type Bundle, quickStarting } from '../../make/bundle.ts';
import { tempDirectory } from '../../make/directory.ts';
import { canRunKeychain, type KeychainServer, startKeychain } from '../../servers/keychain.ts';

interface Outcome {
  unlocked: { state: string; kind: string | null; sentence: string; recoveryKeyWaiting: boolean };
  value?: string | null;
  failure?: { code: string; sentence: string; hint: string; retry: string };
  recoveryKey?: string;
  rotated?: { resealed: number; damaged: string[] };
  recovered?: { state: string };
  chosen?: { state: string; kind: string; sentence: string };
  log: string;
}

let child: Bundle;
beforeAll(async () => {
  child = await quickStarting('test/integration/secrets/child.ts');
});
afterAll(() => child.remove());

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('secrets');
});
afterEach(() => directory.remove());

/** One start of an agent-like process that sees what `env` shows it. */
async function start(env: Record<string, string>, what = 'look', typed = ''): Promise<Outcome> {
  const result = await exec({
    argv: [process.execPath, child.path, directory.path, what],
    env,
    stdin: Buffer.from(typed),
    timeoutMs: 60_000,
  });
  const log = result.stderr.toString();
  if (result.stdout.length === 0) throw new Error(`the child said nothing: ${log}`);
  return { ...(JSON.parse(result.stdout.toString()) as Outcome), log };
}

/** How many secrets the keychain holds, as it says itself. */
async function entries(env: Record<string, string>): Promise<number> {
  const { stdout } = await exec({
    argv: [
      ...(['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.secrets'] as const),
      '/org/freedesktop/secrets/collection/login',
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Items',
    ],
    env,
    timeoutMs: 30_000,
  });
  return stdout.toString().split('object path').length - 1;
}

describe.skipIf(!canRunKeychain)('a real keychain (needs dbus-daemon and gnome-keyring-daemon)', () => {
  let keychain: KeychainServer;
  beforeEach(async () => {
    keychain = await startKeychain();
  });
  afterEach(() => keychain.stop());

  test('The first start makes the key without a word, the next one finds it', async () => {
    const first = await start(keychain.env, 'store');
    expect(first.unlocked).toMatchObject({ state: 'ready', kind: 'os-keychain', recoveryKeyWaiting: true });
    expect(first.recoveryKey).toMatch(/^(\w{4}-){8}/);
    const second = await start(keychain.env);
    expect(second).toMatchObject({
      unlocked: { state: 'ready', recoveryKeyWaiting: false },
      value: 'hunter2hunter2',
    });
  });

  test('It survives a restart of the keychain', async () => {
    await start(keychain.env, 'store');
    await keychain.startUnlocked();
    expect(await start(keychain.env)).toMatchObject({
      unlocked: { state: 'ready' },
      value: 'hunter2hunter2',
    });
  });

  test('Neither the value nor the recovery key is in a file or in the log', async () => {
    const { recoveryKey, log } = await start(keychain.env, 'store');
    const again = await start(keychain.env);
    for (const name of readdirSync(directory.path)) {
      const bytes = readFileSync(join(directory.path, name));
      for (const secret of ['hunter2', recoveryKey!]) expect(bytes.includes(secret), name).toBe(false);
    }
    for (const text of [log, again.log])
      for (const secret of ['hunter2', recoveryKey!]) expect(text).not.toContain(secret);
  });

  test('When the entry is gone the store stays locked and no new key is made', async () => {
    await start(keychain.env, 'store');
    await keychain.replaceKeyring();
    for (let round = 0; round < 2; round += 1) {
      const { unlocked, failure } = await start(keychain.env);
      expect(unlocked).toMatchObject({
        state: 'missing',
        sentence: "This computer's keychain no longer contains the master key.",
      });
      expect(failure).toMatchObject({
        code: 'keychain.missing',
        hint: expect.stringContaining('recovery key'),
      });
    }
  });

  test('The recovery key brings it back, into the keychain too', async () => {
    const { recoveryKey } = await start(keychain.env, 'store');
    await keychain.replaceKeyring();
    expect(await start(keychain.env, 'recover', recoveryKey)).toMatchObject({
      recovered: { state: 'ready' },
      value: 'hunter2hunter2',
    });
    expect(await start(keychain.env)).toMatchObject({
      unlocked: { state: 'ready' },
      value: 'hunter2hunter2',
    });
  });

  test('A locked keychain is named as such, and everything is there once it is unlocked', async () => {
    await start(keychain.env, 'store');
    await keychain.startLocked();
    const { unlocked, failure, log } = await start(keychain.env);
    expect(unlocked).toMatchObject({
      state: 'locked',
      kind: 'os-keychain',
      sentence: 'The keychain is locked.',
    });
    expect(failure).toMatchObject({ code: 'keychain.locked', retry: 'later' });
    expect(log).toMatch(/dismissed/);
    await keychain.startUnlocked();
    expect(await start(keychain.env)).toMatchObject({
      unlocked: { state: 'ready' },
      value: 'hunter2hunter2',
    });
  });

  test('A keychain that is locked at the very first start is not passed over', async () => {
    await start(keychain.env, 'look'); // makes the keyring, so that there is one to lock
    directory.remove();
    directory = tempDirectory('secrets');
    await keychain.startLocked();
    expect((await start(keychain.env)).unlocked).toMatchObject({ state: 'locked', kind: null });
    await keychain.startUnlocked();
    expect((await start(keychain.env)).unlocked).toMatchObject({ state: 'ready', kind: 'os-keychain' });
  });

  test('A bus without a Secret Service is unreachable, not empty', async () => {
    await start(keychain.env, 'store');
    await keychain.endKeychain();
    const { unlocked, failure } = await start(keychain.env);
    expect(unlocked).toMatchObject({ state: 'unavailable', kind: 'os-keychain' });
    expect(failure).toMatchObject({ code: 'keychain.unavailable', retry: 'later' });
  });

  test('A rotation puts a new key there, takes the old one away, and gives a new recovery key', async () => {
    const { recoveryKey: before } = await start(keychain.env, 'store');
    expect(await entries(keychain.env)).toBe(1);
    const rotated = await start(keychain.env, 'rotate');
    expect(rotated).toMatchObject({ rotated: { resealed: 1, damaged: [] }, value: 'hunter2hunter2' });
    expect(rotated.recoveryKey).not.toBe(before);
    expect(await entries(keychain.env)).toBe(1);
    expect(await start(keychain.env)).toMatchObject({
      unlocked: { state: 'ready' },
      value: 'hunter2hunter2',
    });
    await keychain.endKeychain();
    expect(await start(keychain.env, 'rotate')).toMatchObject({ failure: { code: 'keychain.unavailable' } });
  });

  test('The key can be moved to a key file, after which the keychain is not needed any more', async () => {
    await start(keychain.env, 'store');
    expect(await start(keychain.env, 'choose key-file')).toMatchObject({
      chosen: { state: 'ready', kind: 'key-file' },
      value: 'hunter2hunter2',
    });
    await keychain.endKeychain();
    expect(await start(keychain.env)).toMatchObject({
      unlocked: { state: 'ready' },
      value: 'hunter2hunter2',
    });
  });
});

describe('no keychain at all', () => {
  const bare = { ...childEnvironment(), DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };

  test.skipIf(process.platform !== 'linux')(
    'Nothing is chosen silently; a key file chosen by a person works',
    async () => {
      const { unlocked, failure } = await start(bare, 'store');
      expect(unlocked).toMatchObject({ state: 'not-chosen', kind: null });
      expect(failure).toMatchObject({
        code: 'keychain.not-chosen',
        hint: expect.stringContaining('secrets choose'),
      });
      expect(existsSync(join(directory.path, 'master.key'))).toBe(false);
      expect(await start(bare, 'choose key-file')).toMatchObject({
        chosen: { kind: 'key-file', state: 'ready' },
      });
      expect(await start(bare, 'store')).toMatchObject({ unlocked: { state: 'ready', kind: 'key-file' } });
      expect(await start(bare)).toMatchObject({ value: 'hunter2hunter2' });
    },
  );
});
