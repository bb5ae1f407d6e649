import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { connectLocally } from '../../electron/transport/client.ts';
import { type Desktop, type Launched, launchApp, startDesktop } from '../../test/e2e/electron.ts';
import { normalAccount } from '../../test/servers/account.ts';
import { root } from '../electron/paths.ts';
import { run } from '../electron/run.ts';
import { Estate, hosts } from './estate.ts';
import { startHosts } from './hosts.ts';

const pictures = join(root, 'docs', 'pictures');
const size = { width: 1180, height: 760 };

/** To be started by `pictures.ts`, in namespaces of its own. */
const directory = mkdtempSync(join(tmpdir(), 'trustkeep-pictures-'));
const desktop = await startDesktop();
try {
  const { keyFile, maintain } = await startHosts(directory, hosts, normalAccount());
  const app = await launchApp({ desktop, env: fonts(desktop) });
  const page = await app.page();
  await page.setViewportSize(size);
  await takeFirstSteps(page);
  const estate = new Estate(await client(app), keyFor(app, keyFile));
  await estate.add();
  await estate.renew('web1/shop.example', 'mail/webmail.example.pem');
  maintain('mail.example', true);
  maintain('lb1.example', true);
  const failed = await estate.fail('mail/webmail.example.pem');
  await estate.begin('lb1/portal.example.pem');
  const plan = await estate.ask('web2/api.example');
  const shop = await estate.endpoint('web1');
  mkdirSync(pictures, { recursive: true });
  for (const [name, place, act] of [
    ['overview', 'overview'],
    ['nodes', `endpoints/${shop}`],
    ['plan', `approvals/${plan}`],
    ['restored', `tasks/${failed.id}`],
    ['certificates', 'certificates'],
    ['notifications', 'overview', () => page.click('[data-bell]')],
  ] as [string, string, (() => Promise<void>)?][]) {
    await show(page, place);
    await act?.();
    for (const colours of ['light', 'dark'] as const) await take(page, name, colours);
  }
  maintain('lb1.example', false);
  await app.stop();
} finally {
  await desktop.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit();

/** As on a desktop that has a font of its own; that of bare X servers is wider than any. */
function fonts({ home }: Desktop): Record<string, string> {
  const file = join(home, 'fonts.conf');
  const better = (family: string) =>
    `<alias binding="strong"><family>${family}</family><prefer><family>Cantarell</family></prefer></alias>`;
  const all = ['system-ui', 'sans-serif', 'Sans'].map(better).join('');
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${all}<include>/etc/fonts/fonts.conf</include></fontconfig>`,
  );
  return { FONTCONFIG_FILE: file };
}

/** Past the recovery key, and what the first start asks besides an endpoint. */
async function takeFirstSteps(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show recovery key' }).click();
  await page.getByRole('checkbox', { name: 'I have saved it' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Connect directly' }).click();
  await page.getByRole('button', { name: 'Use "trustkeep-local"' }).click();
}

async function client({ dataDirectory }: Launched) {
  const found = await connectLocally(dataDirectory, 'ann', 'gui');
  if (found === null) throw new Error('the agent does not answer');
  return found;
}

/** The key file where the user of the application can read it. */
function keyFor({ dataDirectory, account }: Launched, file: string): string {
  const path = join(dataDirectory, 'id_ed25519');
  copyFileSync(file, path);
  if (account !== null) chownSync(path, account.uid, account.gid);
  return path;
}

/** Loaded anew, with nothing left of notifications that came up meanwhile. */
async function show(page: Page, place: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/${place}`);
  await page.reload();
  await page.waitForSelector(`[data-screen=${place.split('/')[0]}] h1`);
}

async function take(page: Page, name: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(() => document.querySelector('.fui-Skeleton') === null);
  const path = join(pictures, `${name}-${colorScheme}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  if (spawnSync('pngquant', ['--version']).error === undefined)
    await run(['pngquant', '--force', '--strip', '--speed', '1', '--output', path, '128', path]);
}
