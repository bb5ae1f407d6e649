import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { downloadElectron } from './electron/download.ts';
import { type FoundElectron, installedElectron } from './electron/installed.ts';
import { root } from './electron/paths.ts';
import { run } from './electron/run.ts';
import { stampOfSources } from './electron/stamp.ts';

// `npm start`: the tray application; where that cannot be, the same agent without a screen.

const say = (line: string) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);

const electron = hasDisplay() ? (installedElectron(root) ?? (await downloadElectron(say))) : null;
if (electron !== null) {
  await buildIfNeeded();
  process.exitCode = await startDesktop(electron);
} else {
  say(
    hasDisplay()
      ? 'Electron’s binary could not be fetched, so Trustkeep runs without a window; stop it with Ctrl+C.'
      : 'There is no display here, so Trustkeep runs without a window; stop it with Ctrl+C.',
  );
  process.exitCode = await follow(process.execPath, [join(root, 'electron', 'cli.ts'), 'run', ...args]);
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function buildIfNeeded(): Promise<void> {
  const file = join(root, 'out', '.built-from');
  const stamp = await stampOfSources(root);
  const built = existsSync(file) ? await readFile(file, 'utf8') : '';
  if (built === stamp && existsSync(join(root, 'out', 'main', 'main.js'))) return;
  say('Building…');
  await run([process.execPath, join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], {
    cwd: root,
  });
  await mkdir(join(root, 'out'), { recursive: true });
  await writeFile(file, stamp);
}

function startDesktop({ executable }: FoundElectron): Promise<number> {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (asRoot) say('Chromium refuses its sandbox to root; better start Trustkeep as a normal user.');
  return follow(executable, [root, ...(asRoot ? ['--no-sandbox'] : []), ...args]);
}

/** Runs it in our place: its output, its exit code, our signals. */
async function follow(program: string, argv: string[]): Promise<number> {
  const child = spawn(program, argv, { stdio: 'inherit' });
  process.on('SIGINT', () => {}); // Ctrl+C reaches the child by itself
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
