import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent } from '#test/make/agent.ts';
import { cli } from '#test/make/cli.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { failureFrom } from '#test/make/commands.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { freePort } from '#test/servers/free-port.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { makeTlsMaterial, type TlsMaterial } from '#test/servers/tls-material.ts';

/** A name that only the proxy can resolve: whatever reaches it went through the proxy. */
const name = 'inside.trustkeep.test';
const password = 'p@ss:wörd-zqmarkqz';

describe.skipIf(!haveSquid())('the proxy commands, over a real agent and a real Squid', () => {
  const shared = tempDirectory('proxy-commands');
  let material: TlsMaterial;
  let server: Server;
  let url: string;
  let squid: RunningSquid;
  let directory: ReturnType<typeof tempDirectory>;
  let clock: JumpingClock;
  let agent: TestAgent;

  beforeAll(async () => {
    material = await makeTlsMaterial(shared.path, [name]);
    server = createServer({ key: material.keyPem, cert: material.certificatePem }, (_, response) =>
      response.setHeader('content-type', 'application/json').end('{}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const place = server.address();
    url = `https://${name}:${typeof place === 'object' ? place?.port : 0}/directory`;
    const hosts = join(shared.path, 'hosts');
    chmodSync(shared.path, 0o755); // Squid reads the file as a user of its own
    writeFileSync(hosts, `127.0.0.1 ${name}\n`, { mode: 0o644 });
    squid = await startSquid({ auth: 'digest', users: { ann: password }, rules: [`hosts_file ${hosts}`] });
  });
  afterAll(async () => {
    await squid?.stop();
    await new Promise((resolve) => server.close(resolve));
    shared.remove();
  });
  beforeEach(async () => {
    directory = tempDirectory('proxy-commands-data');
    clock = new JumpingClock();
    agent = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
    await agent.call.authorities.add({
      kind: 'acme',
      name: 'inside-ca',
      directory_url: url,
      trusted_roots: material.rootPem,
      agree_to_terms: true,
    });
  });
  afterEach(async () => {
    await agent.close();
    directory.remove();
  });

  const run = (...argv: string[]) => cli(argv, { running: agent.call });
  const manual = () => ['--host', '127.0.0.1', '--port', String(squid.port), '--user', 'ann'];

  test('a setting that gets out is kept, in force at once, and examined step by step', async () => {
    const before = await run('proxy', 'test');
    expect(before.stdout).toContain('not reached, direct');
    const set = await cli(['proxy', 'set', ...manual(), '--password-stdin'], {
      running: agent.call,
      stdin: `${password}\n`,
    });
    expect(set.stderr).toBe('');
    expect(set.stdout).toContain(`proxy 127.0.0.1:${squid.port}`);
    const after = await run('proxy', 'test');
    expect(after.stdout).toContain(`(authority inside-ca): reached`);
    expect(after.stdout).toMatch(/authentication: .*Digest/i);
    expect(after.stdout).toContain('certificate: ');
    expect(after.stdout).toContain('The server answered 200.');
    // Squid writes the line of a tunnel when it has ended
    await expect
      .poll(() => squid.accessLog(), { timeout: 60_000 })
      .toContainEqual(expect.stringMatching(/^CONNECT .* 200 ann$/));
    expect(
      before.stdout + set.stdout + after.stdout + JSON.stringify(agent.database.audit.list(undefined, 50)),
    ).not.toContain('zqmarkqz');
  });

  test('a wrong password is refused with the step that failed, and nothing is changed', async () => {
    const set = await run('proxy', 'set', ...manual(), '--password', 'wrong');
    expect(set.code).not.toBe(0);
    expect(set.stderr).toMatch(/cannot reach .*ann/s);
    expect(set.stderr).toContain('Nothing was changed.');
    expect(await agent.call.proxy.get({})).toMatchObject({ route: { mode: 'none' }, hasPassword: false });
    expect(agent.database.secrets.list('proxy')).toEqual([]);
  });

  test('the page of the proxy is not taken for the answer of a server', async () => {
    await agent.call.proxy.set({ ...login(), password });
    const report = await agent.call.proxy.test({ url: 'http://nowhere.invalid/' });
    expect(report.ok).toBe(false);
    const last = report.trips[0]?.steps.at(-1);
    expect(last).toMatchObject({ name: 'tunnel', ok: false });
    expect(last?.sentence).toMatch(/answered the request to nowhere\.invalid itself \(50[23]\)/);
    expect(JSON.stringify(report)).not.toContain('The server answered');
  });

  test('a proxy that is not there is refused, and can be set all the same without a try', async () => {
    const port = await freePort();
    const refused = await failureFrom(agent.call.proxy.set({ host: '127.0.0.1', port }));
    expect(refused).toMatchObject({ code: 'proxy.does-not-get-out' });
    expect(refused.message).toContain(`127.0.0.1:${port}`);
    await agent.call.proxy.set({ host: '127.0.0.1', port, try_first: false });
    expect(await agent.call.proxy.get({})).toMatchObject({ route: { mode: 'manual', port } });
  });

  test('what takes connections and is no proxy is refused also while nothing is needed', async () => {
    await agent.call.authorities.remove({ authority: 'inside-ca' });
    const place = server.address();
    const port = typeof place === 'object' ? (place?.port ?? 0) : 0; // a web server with TLS
    const refused = await failureFrom(agent.call.proxy.set({ host: '127.0.0.1', port }));
    expect(refused).toMatchObject({ code: 'proxy.does-not-get-out' });
    expect(refused.message).toContain('closed the connection instead of answering');
    expect(await agent.call.proxy.get({})).toMatchObject({ route: { mode: 'none' } });
    await agent.call.proxy.set({ ...login(), password });
  });

  test('on trial it goes back by itself, confirmed it stays', async () => {
    const port = await freePort();
    await agent.call.proxy.set({ host: '127.0.0.1', port, confirm: 60 });
    expect((await run('proxy', 'get')).stdout).toContain('trustkeep proxy confirm');
    clock.jump(61_000);
    expect(await agent.call.proxy.get({})).toMatchObject({ route: { mode: 'none' }, revertsAt: null });
    await agent.call.proxy.set({ ...login(), password, confirm: 60 });
    await agent.call.proxy.confirm({});
    clock.jump(3_600_000);
    expect(await agent.call.proxy.get({})).toMatchObject({ route: { mode: 'manual' }, revertsAt: null });
  });

  test('the sealed password stays for the same user at the same proxy, and goes nowhere else', async () => {
    await agent.call.proxy.set({ ...login(), password });
    await agent.call.proxy.set({ ...login(), bypass: ['*.elsewhere.test'] });
    expect(await agent.call.proxy.get({})).toMatchObject({ hasPassword: true, bypass: ['*.elsewhere.test'] });
    const other = await failureFrom(agent.call.proxy.set({ ...login(), host: 'localhost' }));
    expect(other).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('Password is required'),
    });
  });

  test('one that demands NTLM is not answered with less than that when a domain is set', async () => {
    const refused = await failureFrom(agent.call.proxy.set({ ...login(), password, domain: 'CORP' }));
    expect(refused.code).toBe('proxy.does-not-get-out');
    expect(refused.message).toMatch(/NTLM/);
  });

  test('an address typed without a scheme is taken as https; nonsense is refused', async () => {
    await agent.call.proxy.set({ ...login(), password });
    const place = new URL(url).host;
    expect((await run('proxy', 'test', place)).stdout).toContain(`https://${place} (you): reached`);
    const nonsense = await run('proxy', 'test', 'ftp://x/');
    expect(nonsense.stderr).toContain('"ftp://x/" is not an http or https address.');
  });

  function login() {
    return { host: '127.0.0.1', port: squid.port, user: 'ann' };
  }
});
