import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { have } from './available.ts';

export interface Display {
  /** `:99` */
  name: string;
  stop(): Promise<void>;
}

/** A screen nobody sees. It picks its own free number. */
export async function startDisplay(size = '1280x900x24'): Promise<Display> {
  if (!have('Xvfb')) throw new Error('Xvfb is not installed');
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  endWithUs(child);
  const number = await firstLine(child);
  return { name: `:${number}`, stop: () => end(child) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const pipe = child.stdio[3];
  if (!pipe) throw new Error('Xvfb has no pipe');
  const text = once(pipe, 'data').then(([part]) => String(part).trim());
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`Xvfb ended with ${code}`);
  });
  return Promise.race([text, gone]);
}

/** Ends a program and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(timer);
}

/** A test that dies must leave nothing behind. */
export function endWithUs(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
