import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { keepMemoryOutOfCores } from '../../../electron/kit/core-files.ts';

const here = '/proc/self/coredump_filter';
const linux = process.platform === 'linux';
const before = linux ? readFileSync(here, 'utf8').trim() : '';
afterAll(() => {
  if (linux) writeFileSync(here, `0x${before}`);
});

test.runIf(linux)('a core file of this process and of what it starts holds headers only', async () => {
  keepMemoryOutOfCores();
  expect(Number.parseInt(readFileSync(here, 'utf8'), 16)).toBe(0x10);
  const child = await exec({ argv: ['cat', here], timeoutMs: 60_000 });
  expect(Number.parseInt(child.stdout.toString(), 16)).toBe(0x10);
});

test('a process that is gone is no trouble', () => {
  expect(() => keepMemoryOutOfCores(2 ** 30)).not.toThrow();
});
