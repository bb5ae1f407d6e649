import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll } from 'vitest';
import { type Bundle, quickStarting } from '../../make/bundle.ts';

let built: Bundle;
beforeAll(async () => {
  built = await quickStarting('test/integration/database/child.ts');
});
afterAll(() => built.remove());

export interface Child {
  process: ChildProcess;
  /** The next line it prints; rejects when it ends first. */
  next(): Promise<unknown>;
  /** Every line so far and until its end. */
  rest(): Promise<unknown[]>;
  /** As a loss of power for this process: no chance to clean up. */
  kill(): Promise<void>;
}

export function startChild(...args: string[]): Child {
  const child = spawn(process.execPath, [built.path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: unknown[] = [];
  const waiting: { resolve(line: unknown): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: unknown = JSON.parse(text);
    const first = waiting.shift();
    if (first === undefined) lines.push(line);
    else first.resolve(line);
  });
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => {
      for (const one of waiting) one.reject(new Error('the child ended without a word'));
      resolve();
    });
  });
  return {
    process: child,
    next: () =>
      lines.length > 0
        ? Promise.resolve(lines.shift())
        : new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    async rest() {
      await closed;
      return lines;
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
