import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { stagedPath } from '../../../electron/database/put-restored.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const passphrase = 'correct horse battery';

let made: Awaited<ReturnType<typeof makeCommands>>;
beforeEach(async () => {
  made = await makeCommands();
});
afterEach(() => made.close());

const driver = () => (made.database as SqliteDatabase).driver;
const lastEntry = () => made.audit().at(-1);

describe('secrets rotate', () => {
  test('Everything is sealed anew, in one transaction with its audit row, and a new recovery key waits', async () => {
    made.database.secrets.put('ep_1', 'password', Secret.of('hunter2'));
    const { recoveryKey: before } = await made.call.secrets.recoveryKey({});
    const told: string[] = [];
    made.tools.agent.events.on((event) => void (event.type === 'changed' && told.push(event.topic)));
    const answer = await made.call.secrets.rotate({});
    expect(answer).toMatchObject({ state: 'ready', resealed: 1, damaged: [], recoveryKeyWaiting: true });
    expect(lastEntry()).toMatchObject({
      action: 'secrets.rotate',
      outcome: 'ok',
      sentence:
        'The master key was replaced and 1 stored secret was encrypted again. The previous recovery key no longer works.',
    });
    expect(told).toContain('secrets');
    expect(made.database.audit.verify()).toMatchObject({ ok: true });
    expect(made.database.secrets.open('ep_1', 'password')?.text()).toBe('hunter2');
    const { recoveryKey: after } = await made.call.secrets.recoveryKey({});
    expect(after).not.toBe(before);
    expect((await failureFrom(made.call.secrets.recover({ recovery_key: before }))).code).toBe(
      'recovery-key.wrong',
    );
    await made.call.secrets.recover({ recovery_key: after });
  });

  test('Copies of the database that need the old key give way to one with the new', async () => {
    made.database.secrets.put('ep_1', 'password', Secret.of('hunter2'));
    await made.call.secrets.rotate({});
    const [first] = readdirSync(join(made.directory, 'backups'));
    await made.call.secrets.rotate({});
    const now = readdirSync(join(made.directory, 'backups'));
    expect(now).toHaveLength(1);
    expect(now).not.toContain(first);
  });

  test('A damaged value is named in the answer and in the audit log', async () => {
    for (let index = 0; index < 13; index += 1)
      made.database.secrets.put(`ep_${10 + index}`, 'password', Secret.of('x'));
    driver().run('UPDATE secret_keys SET wrapped = zeroblob(53)');
    made.database.secrets.put('ep_1', 'password', Secret.of('x'));
    const { damaged, resealed } = await made.call.secrets.rotate({});
    expect([resealed, damaged.length, damaged[0]]).toEqual([1, 13, '"password" of ep_10']);
    expect(lastEntry()?.sentence).toMatch(
      / Already damaged, and left unchanged: "password" of ep_10, .*"password" of ep_19, and 3 more\.$/,
    );
  });

  test('While it is locked it is refused, and the refusal is in the audit log', async () => {
    made.masterKey.lock();
    expect((await failureFrom(made.call.secrets.rotate({}))).code).toBe('keychain.locked');
    expect(lastEntry()).toMatchObject({ action: 'secrets.rotate', outcome: 'failed' });
  });
});

describe('backups', () => {
  const path = () => join(made.directory, 'all.backup');

  test('One is made and restored, and both are in the audit log without the passphrase', async () => {
    const created = await made.call.backups.create({ path: path(), passphrase });
    expect(created).toMatchObject({ path: path(), sentence: expect.stringContaining(path()) });
    expect(lastEntry()).toMatchObject({ action: 'backups.create', subject: path(), outcome: 'ok' });
    const restored = await made.call.backups.restore({ path: path(), passphrase });
    expect(restored.sentence).toMatch(/replaces the database at the next start/);
    expect(lastEntry()).toMatchObject({ action: 'backups.restore', subject: path(), outcome: 'ok' });
    expect(existsSync(stagedPath(made.database.path))).toBe(true);
    expect(JSON.stringify(made.audit())).not.toContain(passphrase);
  });

  test('A path that is not absolute, a short passphrase and a second one at the same time are refused', async () => {
    expect(await failureFrom(made.call.backups.create({ path: 'all.backup', passphrase }))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('absolute'),
    });
    expect(await failureFrom(made.call.backups.create({ path: path(), passphrase: 'short' }))).toMatchObject({
      code: 'input.invalid',
    });
    const [first, second] = await Promise.allSettled([
      made.call.backups.create({ path: path(), passphrase }),
      made.call.backups.create({ path: `${path()}.2`, passphrase }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected' });
    expect(readdirSync(made.directory).filter((name) => name.startsWith('all'))).toEqual(['all.backup']);
    expect(
      (await failureFrom(made.call.backups.restore({ path: path(), passphrase: 'another good one' }))).code,
    ).toBe('backup.wrong-passphrase');
    expect(lastEntry()).toMatchObject({ action: 'backups.restore', outcome: 'refused' });
  });
});
