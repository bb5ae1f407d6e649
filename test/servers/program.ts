import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port found free may be taken a moment later by another test: try again with others. */
export async function withFreePorts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** A program that runs for a test. */
interface Running {
  output(): string;
  /** Waits until `ready`; rejects, with the program stopped, when it ends first or takes over a minute. */
  until(ready: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

export function startProgram(program: string, args: string[], env: Record<string, string>): Running {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended = false;
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  }).then(() => {
    ended = true;
  });
  const withUs = () => kill(child);
  process.once('exit', withUs);
  const stop = async () => {
    process.removeListener('exit', withUs);
    kill(child);
    await gone;
  };
  return {
    output: () => output,
    stop,
    async until(ready) {
      for (let tries = 0; tries < 3000 && !ended; tries++) {
        if (await ready()) return;
        await sleep(20);
      }
      await stop();
      throw new Error(`${program} did not start: ${output.slice(-500)}`);
    },
  };
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.pid !== undefined) child.kill('SIGKILL');
}

export function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
