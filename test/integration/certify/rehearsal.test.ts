import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/agent.ts';
import { startMisbehaving } from '#test/servers/acme-misbehaving.ts';
import { have } from '#test/servers/available.ts';
import { freePort } from '#test/servers/free-port.ts';
import { startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, shop } from './site.ts';

describe.skipIf(!have('nginx') || !have('pebble'))('a rehearsal', () => {
  let pebble: Pebble;
  /** The real directory: nothing is to be asked of it. */
  let real: Awaited<ReturnType<typeof startMisbehaving>>;
  let nodeId: string;

  beforeAll(async () => {
    pebble = await startPebble();
  });
  afterAll(() => pebble.stop());
  afterEach(() => real.stop());
  prepareSite();
  beforeEach(async () => {
    real = await startMisbehaving(pebble);
    await start();
    ({ nodeId } = await addSite(agent, site));
  });

  const add = (more: Record<string, unknown>) =>
    agent.call.authorities.add({
      ...{ kind: 'acme', name: 'ca', directory_url: real.directoryUrl, trusted_roots: pebble.rootPem },
      ...{ agree_to_terms: true, test_directory_url: pebble.directoryUrl, ...more },
    });
  const atPort = (responder_port: number) => ({
    ...{ validation: 'http-01-agent', responder_address: '127.0.0.1', responder_port },
  });
  const rehearse = (authority = 'ca') => agent.call.certificates.rehearse({ node: nodeId, authority });

  test('says what the test directory accepted, and leaves endpoint, orders and real directory alone', async () => {
    await add(atPort(pebble.httpPort));
    const before = site.state();
    const host = new URL(pebble.directoryUrl).host;
    for (const _again of [1, 2])
      expect(await rehearse()).toEqual({
        ...{ ok: true, names: [shop], authority: 'ca', host },
        checks: [
          { name: 'order', ok: true, sentence: `${host} took the order for ${shop}.` },
          { name: 'control', ok: true, sentence: `${host} accepted the proof of control of every name.` },
          {
            ...{ name: 'certificate', ok: true },
            sentence: `${host} issued a certificate for ${shop}. It was thrown away, with its key.`,
          },
        ],
      });
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(await agent.call.orders.list({})).toEqual([]);
    expect((await agent.call.certificates.list({})).map(({ fingerprint }) => fingerprint)).toEqual([
      site.oldFingerprint,
    ]);
    expect(real.asked).toEqual([]);
    expect((await agent.call.authorities.accountShow({ authority: 'ca' })).account).toBeNull();
    const row = (await agent.call.audit.list({})).find(({ action }) => action === 'certificates.rehearse');
    expect(row?.sentence).toMatch(new RegExp(`^The rehearsal of web1/.* at ${host} for ${shop} passed\\.$`));
  });

  test('puts challenge files into the web root and removes them', async () => {
    const web = tempDirectory('rehearsed');
    chmodSync(web.path, 0o755);
    const root = join(web.path, 'html');
    mkdirSync(root, { mode: 0o755 });
    const plain = await startNginx({ http: `server { listen 127.0.0.1:${pebble.httpPort}; root ${root}; }` });
    try {
      await add({ validation: 'http-01-web-root', web_root: root });
      const { ok, checks } = await rehearse();
      expect(ok, JSON.stringify(checks)).toBe(true);
      expect(readdirSync(join(root, '.well-known/acme-challenge'))).toEqual([]);
    } finally {
      await plain.stop();
      web.remove();
    }
  });

  test('that fails says where, in the words of the CA', async () => {
    await add(atPort(await freePort()));
    const { ok, checks } = await rehearse();
    expect(ok).toBe(false);
    expect(checks.map((check) => [check.name, check.ok])).toEqual([
      ['order', true],
      ['control', false],
    ]);
    expect(checks[1]?.sentence).toContain(shop);
    expect(checks[1]?.sentence).toMatch(/The CA answered: .*(refused|connect)/is);
  });

  test('that fails at a script of this machine does not give its words to the CA', async () => {
    const scripts = tempDirectory('scripts');
    const script = join(scripts.path, 'add');
    writeFileSync(script, '#!/bin/sh\necho no such zone\nexit 3\n', { mode: 0o755 });
    try {
      await add({ validation: 'dns-01-script', dns_add_script: script, dns_remove_script: script });
      const { checks } = await rehearse();
      expect(checks.map((check) => [check.name, check.ok])).toEqual([
        ['order', true],
        ['control', false],
      ]);
      expect(checks[1]?.sentence).toMatch(
        /add ended with code 3 for .* The answer was: no such zone\. The TXT record .* was not removed: /,
      );
    } finally {
      scripts.remove();
    }
  });

  test('that does not reach the test directory says so', async () => {
    const port = await freePort();
    await add({ ...atPort(pebble.httpPort), test_directory_url: `https://127.0.0.1:${port}/dir` });
    const { ok, checks } = await rehearse();
    expect([ok, checks.map(({ name }) => name)]).toEqual([false, ['order']]);
    expect(checks[0]?.sentence).toContain(String(port));
    expect(checks[0]?.sentence).not.toContain('again');
    expect(checks[0]?.sentence).toContain('check the test directory URL of the authority');
  });

  test('takes a test directory that is known or set, and no other', async () => {
    await add({ ...atPort(pebble.httpPort), test_directory_url: undefined });
    const code = 'authority.no-test-directory';
    await expect(rehearse()).rejects.toMatchObject({ data: { code } });
    await expect(rehearse('trustkeep-local')).rejects.toMatchObject({ data: { code } });
    const changes = { test_directory_url: 'http://plain.example/dir' };
    await expect(agent.call.authorities.update({ authority: 'ca', changes })).rejects.toThrow(
      'The test directory URL must be an https address',
    );
  });
});
