import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { have } from './available.ts';
import { canMount } from './tiny-disk.ts';

/** A real ext4 file system on a loop device, mounted at `path`, to which happens what happens to disks. Needs root. */
export interface LoopDisk {
  path: string;
  /** Takes every last byte, until `makeRoom`. */
  fill(): void;
  makeRoom(): void;
  /** As after an error on the device: nothing can be written, whoever has files open. Until `mountAgain`. */
  turnReadOnly(): Promise<void>;
  /** As an administrator does, for who has nothing open there for writing. */
  remount(how: 'ro' | 'rw'): Promise<void>;
  /** Nothing written there comes back for so long. */
  freeze(ms: number): Promise<void>;
  /** Its path is an empty directory, until `mount`. What is open stays open. */
  detach(): Promise<void>;
  mount(): Promise<void>;
  /** Checked and mounted again; nothing may be open there. */
  repair(): Promise<void>;
  remove(): Promise<void>;
}

export async function canMakeDisks(): Promise<boolean> {
  const programs = ['losetup', 'mkfs.ext4', 'e2fsck', 'fsfreeze', 'umount'];
  return programs.every((name) => have(name)) && (await canMount());
}

/** `image`: where its content is kept, a file that is made. */
export async function makeLoopDisk(path: string, image: string, megabytes: number): Promise<LoopDisk> {
  mkdirSync(path, { recursive: true });
  closeSync(openSync(image, 'w'));
  truncateSync(image, megabytes * 2 ** 20);
  await must(['mkfs.ext4', '-q', '-F', '-m', '0', image]);
  const device = (await must(['losetup', '--find', '--show', image])).trim();
  const mount = async (): Promise<void> =>
    void (await must(['mount', '-o', 'errors=remount-ro', device, path]));
  const detach = async (): Promise<void> => void (await must(['umount', '--lazy', path]));
  const filler = join(path, 'filler');
  await mount();
  return {
    path,
    fill: () => fill(path, filler),
    makeRoom: () => rmSync(filler, { force: true }),
    turnReadOnly: async () => {
      const trigger = openSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'w');
      writeSync(trigger, '1');
      closeSync(trigger);
    },
    remount: (how) => remount(path, how),
    freeze: (ms) => freeze(path, ms),
    mount,
    detach,
    async repair() {
      await detach();
      // 1: what was wrong is put right
      const checked = await exec({ argv: ['e2fsck', '-fy', device], timeoutMs: 60_000 });
      if (checked.code !== 0 && checked.code !== 1) throw new Error(checked.stdout.toString());
      await mount();
    },
    async remove() {
      await exec({ argv: ['umount', '--lazy', path], timeoutMs: 60_000 });
      await must(['losetup', '--detach', device]);
      rmSync(image);
    },
  };
}

function fill(path: string, filler: string): void {
  const file = openSync(filler, 'a');
  try {
    for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 2)) {
      const part = Buffer.alloc(size);
      try {
        while (statfsSync(path).bfree > 0) writeSync(file, part);
      } catch {
        // not so much; a smaller part may fit
      }
    }
  } finally {
    closeSync(file);
  }
}

/** A file that is being written at this moment makes it busy. */
async function remount(path: string, how: 'ro' | 'rw'): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const { code, stderr } = await exec({ argv: ['mount', '-o', `remount,${how}`, path], timeoutMs: 60_000 });
    if (code === 0) return;
    if (turn === 100) throw new Error(`${path} does not become ${how}: ${stderr.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** By one program, which thaws it again whatever becomes of us. */
function freeze(path: string, ms: number): Promise<void> {
  const script = 'fsfreeze --freeze "$1" && sleep "$2"; fsfreeze --unfreeze "$1"';
  const child = spawn('sh', ['-c', script, 'sh', path, String(ms / 1000)], {
    stdio: 'ignore',
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${path} was not frozen`))));
  });
}

async function must(argv: [string, ...string[]]): Promise<string> {
  const result = await exec({ argv, timeoutMs: 60_000 });
  if (result.code !== 0) throw new Error(`${argv.join(' ')} failed: ${result.stderr.toString()}`);
  return result.stdout.toString();
}
