import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { endWithUs } from '../servers/display.ts';
import { freePort } from '../servers/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'trustkeep-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm start` does, until the agent says that it is ready. */
async function startUntilReady(name: string, env: Record<string, string>) {
  const emptyDist = join(folder, 'no-electron');
  mkdirSync(emptyDist, { recursive: true });
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/start.ts'), `--data-directory=${join(folder, name)}`],
    {
      env: { PATH: process.env.PATH ?? '', HOME: folder, ELECTRON_OVERRIDE_DIST_PATH: emptyDist, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  endWithUs(child);
  let [out, complaints] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part));
  child.stderr.on('data', (part: Buffer) => (complaints += part));
  const closed = once(child, 'close'); // with everything it said
  await expect.poll(() => out, { timeout: 90_000, interval: 50 }).toContain('is ready');
  child.kill('SIGTERM');
  const [code] = await closed;
  return { code, lines: complaints.split('\n') };
}

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  test('says in one line that there is no display, runs the agent without one and ends well', async () => {
    const { code, lines } = await startUntilReady('no-display', {});
    expect(lines[0]).toBe(
      'There is no display here, so Trustkeep runs without a window; stop it with Ctrl+C.',
    );
    expect(code).toBe(0);
  });

  test('says in one line that Electron cannot be fetched, and does not wait for it', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/`;
    const { code, lines } = await startUntilReady('no-electron', { DISPLAY: ':9', ELECTRON_MIRROR: nobody });
    expect(lines[0]).toBe(
      'Electron’s binary could not be fetched, so Trustkeep runs without a window; stop it with Ctrl+C.',
    );
    expect(code).toBe(0);
  });
});
