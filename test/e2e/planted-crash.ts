import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { exec } from '#kit/exec.ts';
import { runAs } from '../servers/account.ts';
import type { Hunt } from './planted-hunt.ts';

/** The limit of most machines is none, but what gathers reports of crashes asks for whole ones. */
export async function allowCores({ app }: Hunt, pid: number): Promise<void> {
  const [program = '', ...words] = runAs(app.account, ['prlimit', '--pid', String(pid), '--core=unlimited']);
  const { code, stderr } = await exec({ argv: [program, ...words], timeoutMs: 5_000 });
  expect(stderr.toString()).toBe('');
  expect(code).toBe(0);
  const filter = readFileSync(`/proc/${pid}/coredump_filter`, 'utf8');
  expect(Number.parseInt(filter, 16)).toBe(0x10);
}

/** A program with the secret in its environment ends as one does that is broken. */
export async function breakChild({ app }: Hunt, secret: string): Promise<void> {
  const [program = '', ...words] = runAs(app.account, ['sh', '-c', 'ulimit -c unlimited; kill -SEGV $$']);
  const env = { ...app.desktop.env, PLANTED: secret };
  await once(spawn(program, words, { cwd: app.desktop.home, env, stdio: 'ignore' }), 'exit');
}
