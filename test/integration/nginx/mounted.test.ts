/**
 * Files that a container is given one by one: nothing can be renamed over them (nginx-le/nginx-le#1,
 * fatk/docker-letsencrypt-nginx-proxy-companion-examples#11), as certificate and key in mattermost/docker#24; and read-only
 * ones (coreruleset/modsecurity-crs-docker#164).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { listing, open } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { canMount } from '#test/servers/tiny-disk.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { files, leafFor, pair, planFor, prepareNginx, running, start } from './real-nginx.ts';

const mayMount = await canMount();
const leaf = leafFor('a.example');
const block = (certificate = pair('a')) => ({
  ...{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [certificate] },
});

async function mount(...argv: string[]): Promise<void> {
  const result = await exec({ argv: ['mount', ...argv], timeoutMs: 30_000 });
  if (result.code !== 0) throw new Error(result.stderr.toString());
}

async function bind(from: string, to: string): Promise<void> {
  await mount('--bind', from, to);
  running.push({
    stop: async () => void (await exec({ argv: ['umount', '--lazy', to], timeoutMs: 30_000 })),
  });
}

/** `name` of the directory is mounted there, out of a directory with a space in its name. */
async function mounted(dir: string, name: string, content: string): Promise<string> {
  const from = join(dir, 'the volume');
  await mkdir(from, { recursive: true });
  await writeFile(join(from, name), content, { mode: 0o600 });
  await bind(join(from, name), join(dir, name));
  return join(from, name);
}

describe.skipIf(!have('nginx') || !mayMount)('a real nginx whose files are mounted', () => {
  prepareNginx();

  it.each([
    ['a.crt', leaf.chainPem],
    ['a.key', leaf.keyPem],
  ])('refuses when it plans to replace a file that is a mount point: %s', async (name, content) => {
    const { endpoint, server } = await start({ files: files({ a: leaf }), servers: [block()] });
    await mounted(server.dir, name, content);
    const before = await listing(server.dir);
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringMatching(
        new RegExp(`^${join(server.dir, name)} is a mount point \\(it is .*the volume/${name} of `),
      ),
    });
    expect(await listing(server.dir)).toEqual(before);
  });

  it('refuses when a directory is mounted read-only, also for a file beside', async () => {
    const { endpoint, server } = await start({
      files: { 'tls/a.crt': leaf.chainPem, 'tls/a.key': leaf.keyPem },
      servers: [block({ certificate: 'tls/a.crt', key: 'tls/a.key' })],
    });
    const directory = join(server.dir, 'tls');
    await bind(directory, directory);
    expect(await planFor(endpoint, 'a.example')).toMatchObject({ proofs: [{}] });
    await mount('-o', 'remount,bind,ro', directory);
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject({
      code: 'node.not-installable',
      message: `${directory}/a.key is below ${directory}, which is mounted read-only, so it cannot be replaced.`,
    });
  });

  it('refuses when the configuration that would change is a mount point', async () => {
    const { endpoint, server } = await start({
      files: { ...files({ a: leaf }), 'site.conf': '' },
      http: 'include site.conf; server { listen 127.0.0.1:{port2} ssl; server_name b.example; ssl_certificate a.crt; ssl_certificate_key a.key; }',
      start: false,
    });
    const site = `server { listen 127.0.0.1:${server.ports[0]} ssl; server_name a.example; ssl_certificate a.crt; ssl_certificate_key a.key; }`;
    await mounted(server.dir, 'site.conf', site);
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject({
      message: expect.stringContaining(`${server.dir}/site.conf is a mount point`),
    });
  });

  it('refuses a PEM file that is a mount point, and takes it where it comes from', async () => {
    const { server } = await start({ files: files({ a: leaf }), start: false });
    const from = await mounted(server.dir, 'a.crt', leaf.chainPem);
    const pem = (path: string) =>
      open(
        {
          settings: {
            ...{ type: 'pem', path, keyPath: join(server.dir, 'a.key'), servedAt: null },
            ...{ installScript: null, restartScript: null },
          },
        },
        new LocalConnection(systemClock),
      );
    const planOf = async (path: string) => {
      const endpoint = pem(path);
      return endpoint.plan((await endpoint.nodes())[0]?.key ?? '');
    };
    await expect(planOf(join(server.dir, 'a.crt'))).rejects.toMatchObject({
      message: expect.stringContaining('a.crt is a mount point'),
    });
    expect(await planOf(from)).toMatchObject({ changes: [{}, { path: from }] });
  });
});
