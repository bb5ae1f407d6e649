import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { freePort } from './free-port.ts';
import type { Pebble } from './pebble.ts';

/** Other ACME clients, as their Debian packages have them, with a directory of their own below the one given. */

/** Runs one; what it said is the message when it fails. */
async function run(argv: readonly [string, ...string[]], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await exec({
    argv,
    env: { PATH: process.env.PATH ?? '', HOME: '/root', ...env },
    timeoutMs: 60_000,
  });
  const said = `${stdout.toString('utf8')}${stderr.toString('utf8')}`;
  if (code !== 0) throw new Error(`${argv[0]} ended with ${code}: ${said}`);
  return said;
}

export interface Certbot {
  /** `/etc/letsencrypt` of this one. */
  home: string;
  issue(name: string): Promise<void>;
  /** `certbot renew`, for each certificate whether due or not. What it said. */
  renew(): Promise<string>;
  remove(name: string): Promise<void>;
}

export async function certbotIn(directory: string, pebble: Pebble): Promise<Certbot> {
  const home = join(directory, 'letsencrypt');
  const port = String(await freePort());
  const certbot = (verb: string, ...more: string[]) =>
    run(
      [
        ...(['certbot', verb, '--config-dir', home, '--non-interactive'] as const),
        ...['--work-dir', join(directory, 'certbot-work'), '--logs-dir', join(directory, 'certbot-logs')],
        ...more,
      ],
      { REQUESTS_CA_BUNDLE: pebble.rootFile },
    );
  const ca = ['--server', pebble.directoryUrl, '--agree-tos', '--register-unsafely-without-email'];
  const proof = ['--standalone', '--http-01-address', '127.0.0.1', '--http-01-port', port];
  return {
    home,
    async issue(name) {
      await certbot('certonly', ...ca, ...proof, '-d', name);
    },
    renew: () => certbot('renew', '--force-renewal', '--no-random-sleep-on-renew'),
    async remove(name) {
      await certbot('delete', '--cert-name', name);
    },
  };
}

/** lego with its `--path` in `directory/lego`. */
export async function legoIssues(directory: string, pebble: Pebble, name: string): Promise<void> {
  const address = `127.0.0.1:${await freePort()}`;
  await run(
    [
      ...(['lego', '--path', join(directory, 'lego'), '--server', pebble.directoryUrl] as const),
      ...['--email', 'admin@shop.example', '--accept-tos', '--domains', name],
      ...['--http', '--http.port', address, 'run'],
    ],
    { LEGO_CA_CERTIFICATES: pebble.rootFile },
  );
}
