import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecResult, exec } from '#kit/exec.ts';
import { have } from './available.ts';
import { canMount } from './tiny-disk.ts';

/** A machine of its own that systemd started: this one's files below, what is written kept in memory. Needs root. */
export interface BootedMachine {
  /** Its file system, as this machine sees it. */
  root: string;
  run(argv: readonly string[], options?: { user?: string; stdin?: string }): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function canBoot(): Promise<boolean> {
  const programs = ['systemd-nspawn', 'nsenter', 'dbus-daemon'];
  return programs.every((name) => have(name)) && (await canMount());
}

/** `prepare` writes into its file system before it starts. */
export async function bootMachine(prepare: (root: string) => Promise<void>): Promise<BootedMachine> {
  const { at, root } = await fileSystem();
  await prepare(root);
  const options = [
    '--boot',
    '--register=no',
    '--keep-unit',
    '--console=pipe',
    '--private-network',
    '--link-journal=no',
  ];
  const child = spawn('systemd-nspawn', [`--directory=${root}`, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part));
  const end = () => killMachine(child);
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', end);
    const gone = new Promise((resolve) => child.once('close', resolve));
    end();
    if (child.exitCode === null && child.signalCode === null) await gone;
    await must(['umount', '--lazy', root]);
    await must(['umount', '--lazy', at]);
    rmSync(at, { recursive: true, force: true });
  };
  try {
    const leader = await leaderOf(child);
    const run: BootedMachine['run'] = async (argv, { user, stdin } = {}) => {
      const as = user === undefined ? [] : ['runuser', '-u', user, '--'];
      const inside = [
        'nsenter',
        `--target=${leader}`,
        '--mount',
        '--pid',
        '--uts',
        '--ipc',
        '--net',
        '--cgroup',
      ];
      const words = [...inside, '--wdns=/', ...as, ...argv] as [string, ...string[]];
      return readable(
        await exec({
          argv: words,
          timeoutMs: 120_000,
          ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
        }),
      );
    };
    await untilUp(run, () => said);
    return { root, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** This machine's files below, a file system in memory above. */
async function fileSystem(): Promise<{ at: string; root: string }> {
  const at = mkdtempSync(join(tmpdir(), 'trustkeep-machine-'));
  await must(['mount', '-t', 'tmpfs', 'tmpfs', at]);
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(at, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [upper, work, root]) mkdirSync(folder);
  await must([
    'mount',
    '-t',
    'overlay',
    '-o',
    `lowerdir=/,upperdir=${upper},workdir=${work}`,
    'overlay',
    root,
  ]);
  return { at, root };
}

/** The first process in it, which is the child of the one that made its name spaces. */
async function leaderOf(child: ChildProcess): Promise<number> {
  const list = `/proc/${child.pid}/task/${child.pid}/children`;
  for (let tries = 0; tries < 1500 && child.exitCode === null; tries++) {
    for (const pid of (existsSync(list) ? readFileSync(list, 'utf8') : '').trim().split(' ')) {
      if (
        pid !== '' &&
        existsSync(`/proc/${pid}/comm`) &&
        readFileSync(`/proc/${pid}/comm`, 'utf8') === 'systemd\n'
      )
        return Number(pid);
    }
    await sleep(20);
  }
  throw new Error('systemd-nspawn started nothing');
}

async function untilUp(run: BootedMachine['run'], said: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { stdout } = await run(['systemctl', 'is-system-running']);
    // degraded: a unit of this machine that has nothing to do there
    if (['running', 'degraded'].includes(stdout.trim())) return;
    await sleep(100);
  }
  throw new Error(`systemd did not come up: ${said().slice(-500)}`);
}

/** With its first process, all others in it end. */
function killMachine(child: ChildProcess): void {
  const list = `/proc/${child.pid}/task/${child.pid}/children`;
  try {
    for (const pid of readFileSync(list, 'utf8').trim().split(' '))
      if (pid !== '') process.kill(Number(pid), 'SIGKILL');
  } catch {
    // it ended by itself
  }
  child.kill('SIGKILL');
}

async function must(argv: [string, ...string[]]): Promise<void> {
  const { code, stderr } = readable(await exec({ argv, timeoutMs: 60_000 }));
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}

function readable({ code, stdout, stderr }: ExecResult): Answer {
  return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}
