import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { manualProxy } from '#test/make/proxy-config.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { makeReleaseKey, startUpdateFeed } from '#test/servers/update-feed.ts';
import { lookForUpdate } from '../../../electron/agent/updates/look.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { fetchFile, type Get } from '../../../electron/updates/fetch-file.ts';

const key = makeReleaseKey();
const password = 'p@ss:wörd';
const content = Buffer.alloc(1_500_000, 'trustkeep');
const root = makeCa({ commonName: 'Feed root' });
const leaf = makeLeaf(root, { names: ['feed.test'] });

describe.skipIf(!haveSquid())('an update through a proxy with a login', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let feed: Awaited<ReturnType<typeof startUpdateFeed>>;
  let squid: RunningSquid;
  beforeAll(async () => {
    directory = tempDirectory('behind-proxy');
    const hosts = join(directory.path, 'hosts');
    chmodSync(directory.path, 0o755); // Squid is another account
    writeFileSync(hosts, '127.0.0.1 feed.test\n');
    feed = await startUpdateFeed({ cert: leaf.certPem, key: leaf.keyPem, host: 'feed.test' });
    squid = await startSquid({
      auth: 'digest',
      also: ['basic'],
      users: { bob: password },
      rules: [`hosts_file ${hosts}`],
    });
    feed.offer({ version: '1.1.0', content, key });
  });
  afterAll(async () => {
    await squid.stop();
    await feed.stop();
    directory.remove();
  });

  async function fetchAs(login: { user?: string; password?: string }): Promise<Buffer> {
    const proxy = manualProxy(squid.port, login);
    const http = makeHttp({ userAgent: 'test', clock: systemClock, log: silentLog, proxy: () => proxy });
    const get: Get = (request) => http.request({ method: 'GET', trustedRootsPem: root.certPem, ...request });
    const { signal } = new AbortController();
    const path = join(directory.path, 'pending', 'file');
    try {
      const parts = {
        ...{
          get,
          version: '1.0.0',
          platform: process.platform,
          arch: process.arch,
          kind: 'appimage' as const,
        },
        release: { keys: [key.raw], feed: null, publishers: [] },
      };
      const setting = { feed: feed.url, channel: 'latest', trouble: null };
      const offer = (await lookForUpdate(parts, setting, 0, signal)) ?? expect.fail('nothing is offered');
      const { url, statement } = offer;
      await fetchFile({ get, clock: systemClock, url, path, statement, onProgress: () => {}, signal });
      return readFileSync(path);
    } finally {
      await http.close();
    }
  }

  test('is found and fetched, and nothing went past the proxy', async () => {
    expect((await fetchAs({ user: 'bob', password })).equals(content)).toBe(true);
    expect(feed.requests.map((one) => one.split(' ')[2] ?? 'feed')).toEqual([
      'feed',
      'bytes=0-1048575',
      `bytes=1048576-${content.length - 1}`,
    ]);
    await expect
      .poll(
        async () =>
          (await squid.accessLog()).filter((line) => /CONNECT feed\.test.* 200 bob$/.test(line)).length,
      )
      .toBeGreaterThan(0);
  });

  test('is not even asked for without the login, and one sentence says why', async () => {
    feed.requests.length = 0;
    await expect(fetchAs({})).rejects.toMatchObject({ code: 'proxy.login-needed' });
    expect(feed.requests).toEqual([]);
  });
});
