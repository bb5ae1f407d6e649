import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireAgentLock } from '../../../electron/database/agent-lock.ts';
import { tempDirectory } from '../../make/directory.ts';
import { type Child, startChild } from './start-child.ts';

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('lock');
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  directory.remove();
});
const children: Child[] = [];
function start(...args: string[]): Child {
  const child = startChild(...args);
  children.push(child);
  return child;
}

test('A second agent on the same data is refused, told who runs and what to do', async () => {
  const child = start('hold the lock', directory.path, 'desktop');
  expect(await child.next()).toBe('held');
  expect(() => acquireAgentLock(directory.path, 'headless')).toThrow(
    expect.objectContaining({
      code: 'agent.already-running',
      message: `Trustkeep is already running on ${directory.path}: the desktop agent, process ${child.process.pid}.`,
      hint: expect.stringContaining('trustkeep stop'),
    }),
  );
  await child.kill();
});

test('A command that has the data for a moment is called that, and is worth waiting for', async () => {
  const child = start('hold the lock', directory.path, 'cli');
  expect(await child.next()).toBe('held');
  expect(() => acquireAgentLock(directory.path, 'cli')).toThrow(
    expect.objectContaining({
      code: 'agent.already-running',
      message: `Another trustkeep command is running in ${directory.path} (process ${child.process.pid}).`,
      retry: 'later',
    }),
  );
  await child.kill();
});

test('A killed agent frees the lock at once', async () => {
  const child = start('hold the lock', directory.path);
  expect(await child.next()).toBe('held');
  await child.kill();
  const lock = acquireAgentLock(directory.path, 'headless');
  expect(JSON.parse(readFileSync(join(directory.path, 'agent.json'), 'utf8'))).toEqual({
    pid: process.pid,
    face: 'headless',
  });
  expect(statSync(join(directory.path, 'agent.lock')).mode & 0o777).toBe(0o600);
  lock.release();
});

test('In one process the lock holds too, and releasing it twice is harmless', () => {
  const lock = acquireAgentLock(directory.path, 'cli');
  expect(() => acquireAgentLock(directory.path, 'cli')).toThrow(
    expect.objectContaining({ code: 'agent.already-running' }),
  );
  expect(() => acquireAgentLock(directory.path, 'cli')).toThrow(/process/);
  lock.release();
  lock.release();
  acquireAgentLock(directory.path, 'cli').release();
});

test('A refused second agent does not loosen the lock of the first', async () => {
  const lock = acquireAgentLock(directory.path, 'headless');
  expect(() => acquireAgentLock(directory.path, 'cli')).toThrow();
  const child = start('hold the lock', directory.path);
  expect(await child.next()).toMatchObject({ code: 'agent.already-running' });
  lock.release();
});

test('Of many starting at once exactly one gets it', async () => {
  const all = Array.from({ length: 4 }, () => start('hold the lock', directory.path));
  const answers = await Promise.all(all.map((child) => child.next()));
  expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  for (const answer of answers)
    if (answer !== 'held') expect(answer).toMatchObject({ code: 'agent.already-running' });
});
