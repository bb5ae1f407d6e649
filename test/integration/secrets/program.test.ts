import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';

/** The program as it is built, with an agent that runs and without one, on two machines. */
let built: Bundle;
beforeAll(async () => {
  built = await quickStarting('electron/cli.ts');
});
afterAll(() => built.remove());

const phrase = 'correct horse battery';
const password = 'hunter2 is kept here';

let directory: ReturnType<typeof tempDirectory>;
const agents: ChildProcess[] = [];
beforeEach(() => {
  directory = tempDirectory('program');
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await end(agent);
  directory.remove();
});

type Machine = 'here' | 'there';
const data = (machine: Machine) => join(directory.path, machine);
const backup = () => join(directory.path, 'all.backup');
// a bus that is not there: no keychain, so a person chooses a key file
const env = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C.UTF-8',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
};

function start(machine: Machine, args: string[], json = true): ChildProcess {
  const argv = [built.path, ...args, ...(json ? ['--json'] : []), '--data-directory', data(machine)];
  return spawn(process.execPath, argv, {
    cwd: directory.path,
    env: { ...env, HOME: directory.path },
    stdio: 'pipe',
  });
}

function run(
  machine: Machine,
  args: string[],
  stdin = '',
): Promise<{ code: number | null; out: string; said: string }> {
  const child = start(machine, args);
  let [out, said] = ['', ''];
  child.stdout?.on('data', (part) => {
    out += part;
  });
  child.stderr?.on('data', (part) => {
    said += part;
  });
  child.stdin?.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, said }));
  });
}

async function works(machine: Machine, args: string[], stdin = ''): Promise<Record<string, unknown>> {
  const { code, out, said } = await run(machine, args, stdin);
  expect({ args, code, said }).toEqual({ args, code: 0, said: expect.any(String) });
  return JSON.parse(out);
}

async function fails(machine: Machine, args: string[], stdin = ''): Promise<{ code: string; hint: string }> {
  const { code, said } = await run(machine, args, stdin);
  expect(code).not.toBe(0);
  return JSON.parse(said);
}

async function startAgent(machine: Machine): Promise<ChildProcess> {
  const agent = start(machine, ['run'], false);
  agents.push(agent);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const take = (part: Buffer): void => {
      said += part;
      if (said.includes('is ready')) resolve();
    };
    agent.stdout?.on('data', take);
    agent.stderr?.on('data', take);
    agent.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
  return agent;
}

function end(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    agent.once('exit', () => resolve());
    agent.kill('SIGTERM');
  });
}

const masterKeys = (machine: Machine): number =>
  (readFileSync(join(data(machine), 'master.key'), 'utf8').match(/^trustkeep-key/gm) ?? []).length;

test('A person rotates, backs up, restores elsewhere and recovers, with and without an agent', {
  timeout: 600_000,
}, async () => {
  await works('here', ['secrets', 'choose', 'key-file']);
  const { recoveryKey: first } = await works('here', ['secrets', 'recovery-key']);
  expect(first).toMatch(/^(\w{4}-){8}/);
  expect(await fails('here', ['secrets', 'recovery-key'])).toMatchObject({
    code: 'secrets.recovery-key-shown',
  });
  const id = 'web-root';
  await works(
    'here',
    ['credstore', 'credentials', 'add', 'trustkeep-store', id, '--username', 'root', '--password-stdin'],
    password,
  );

  // without an agent; the path is relative to where the person stands
  await works('here', ['backup', 'create', 'early.backup', '--passphrase-stdin'], phrase);
  expect(statSync(join(directory.path, 'early.backup')).mode & 0o777).toBe(0o600);
  expect(await works('here', ['secrets', 'rotate'])).toMatchObject({
    state: 'ready',
    kind: 'key-file',
    resealed: expect.any(Number),
    damaged: [],
    recoveryKeyWaiting: true,
  });
  expect(masterKeys('here')).toBe(1);

  const agent = await startAgent('here');
  expect(await works('here', ['secrets', 'rotate'])).toMatchObject({ state: 'ready' });
  const { recoveryKey: second } = await works('here', ['secrets', 'recovery-key']);
  expect(second).not.toBe(first);
  await works('here', ['backup', 'create', backup(), '--passphrase-stdin'], phrase);
  expect(await fails('here', ['backup', 'create', backup(), '--passphrase-stdin'], phrase)).toMatchObject({
    code: 'backup.exists',
  });
  expect(masterKeys('here')).toBe(1);
  expect(await works('here', ['audit', 'verify'])).toMatchObject({ ok: true });
  await end(agent);

  // another machine, where an agent runs
  await works('there', ['secrets', 'choose', 'key-file']);
  const other = await startAgent('there');
  expect(
    await fails('there', ['backup', 'restore', backup(), '--passphrase-stdin'], 'another good one'),
  ).toMatchObject({ code: 'backup.wrong-passphrase' });
  await works('there', ['backup', 'restore', backup(), '--passphrase-stdin'], phrase);
  expect(await fails('there', ['credstore', 'credentials', 'get', 'trustkeep-store', id])).toMatchObject({
    hint: expect.any(String),
  });
  await end(other);
  expect(existsSync(join(data('there'), 'trustkeep.db.restored'))).toBe(true);
  await startAgent('there');
  expect(await works('there', ['credstore', 'credentials', 'get', 'trustkeep-store', id])).toMatchObject({
    username: 'root',
  });
  expect(await works('there', ['audit', 'verify'])).toMatchObject({ ok: true });
  expect(await works('there', ['secrets', 'rotate'])).toMatchObject({ state: 'ready' });
  await end(agents.at(-1) as ChildProcess);
  expect(readdirSync(data('there')).filter((name) => /before-restore/.test(name)).length).toBeGreaterThan(0);

  // and back to the early one, without an agent, after the key file was lost
  rmSync(join(data('here'), 'master.key'));
  expect(await works('here', ['secrets', 'state'])).toMatchObject({ state: 'missing' });
  expect(await fails('here', ['secrets', 'recover', '--recovery_key-stdin'], String(first))).toMatchObject({
    code: 'recovery-key.wrong',
  });
  await works('here', ['backup', 'restore', 'early.backup', '--passphrase-stdin'], phrase);
  expect(await works('here', ['secrets', 'state'])).toMatchObject({ state: 'ready', kind: 'key-file' });
  await works('here', ['credstore', 'credentials', 'get', 'trustkeep-store', id]);
  // the recovery key of the store that it was made of
  rmSync(join(data('here'), 'master.key'));
  expect(await works('here', ['secrets', 'recover', '--recovery_key-stdin'], String(first))).toMatchObject({
    state: 'ready',
  });
});
