import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent } from '#test/make/agent.ts';
import { cli } from '#test/make/cli.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { type Filling, type Line, marker, secret, words } from '../credential-stores/seed-lines.ts';

describe.skipIf(!haveSquid())('every documented line of the proxy', () => {
  const directory = tempDirectory('seed-proxy');
  let agent: TestAgent;
  let open: RunningSquid;
  let squid: RunningSquid;
  let pac: Server;

  beforeAll(async () => {
    [open, squid] = await Promise.all([startSquid({ auth: 'none' }), startSquid({ auth: 'ntlm' })]);
    pac = createServer((_request, response) => {
      const body = 'function FindProxyForURL() { return "DIRECT"; }';
      response.setHeader('content-type', 'application/x-ns-proxy-autoconfig').end(body);
    });
    await new Promise<void>((resolve) => pac.listen(0, '127.0.0.1', resolve));
    agent = await startAgent({ dataDirectory: join(directory.path, 'data') });
  });
  afterAll(async () => {
    await agent?.close();
    await open?.stop();
    await squid?.stop();
    await new Promise((resolve) => pac?.close(resolve) ?? resolve(null));
    directory.remove();
  });

  const lines: [Line, () => Filling, Record<string, unknown>][] = [
    ['proxyGet', () => ({}), { mode: 'none' }],
    [
      'proxyPac',
      () => ({ 'pac-url': `http://127.0.0.1:${(pac.address() as AddressInfo).port}/proxy.pac` }),
      { mode: 'pac', user: null },
    ],
    [
      'proxyHost',
      () => ({ host: '127.0.0.1', port: String(open.port) }),
      { mode: 'manual', host: '127.0.0.1', user: null, domain: null },
    ],
    [
      'proxyLogin',
      () => ({
        host: '127.0.0.1',
        port: String(squid.port),
        domain: 'CORP',
        username: 'ann',
        password: secret('proxy'),
      }),
      { mode: 'manual', user: 'ann', domain: 'CORP' },
    ],
    ['proxyGet', () => ({}), { mode: 'manual', user: 'ann', domain: 'CORP' }],
    ['proxyClear', () => ({}), { mode: 'none' }],
  ];
  test.each(lines)('%s', async (line, filling, route) => {
    const { code, stdout, stderr } = await cli(words(line, filling()), { running: agent.call });
    expect({ code, stderr: stderr.replace(/^Warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(marker);
    expect((await agent.call.proxy.get({})).route).toMatchObject(route);
  });
});
