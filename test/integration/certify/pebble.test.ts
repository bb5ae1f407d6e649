import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { have } from '#test/servers/available.ts';
import { freePort } from '#test/servers/free-port.ts';
import { startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { addSite, approve, type Site, shop, startSite } from './site.ts';

describe.skipIf(!have('nginx') || !have('pebble'))('a certificate from a real ACME CA', () => {
  let pebble: Pebble;
  let data: ReturnType<typeof tempDirectory>;
  let site: Site;
  let agent: TestAgent;

  beforeAll(async () => {
    pebble = await startPebble();
  });
  afterAll(async () => {
    await pebble.stop();
  });
  beforeEach(async () => {
    data = tempDirectory('certify-pebble');
    agent = await startAgent({ dataDirectory: data.path });
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });

  const acme = () => ({
    kind: 'acme' as const,
    name: 'pebble',
    directory_url: pebble.directoryUrl,
    trusted_roots: pebble.rootPem,
    agree_to_terms: true,
  });

  test('validated by the responder of the agent, installed with its full chain and proved', async () => {
    site = await startSite();
    await agent.call.authorities.add({
      ...acme(),
      validation: 'http-01-agent',
      responder_address: '127.0.0.1',
      responder_port: pebble.httpPort,
    });
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'pebble' });
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    const served = await site.served();
    expect(served).not.toBe(site.oldFingerprint);
    const certificate = await agent.call.certificates.show({ certificate: served });
    expect(certificate.issuer).toContain('Pebble');
    expect(certificate.chainPem.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1);
  });

  test('validated by a file in the web root of the node, over its connection, which is gone afterwards', async () => {
    const web = tempDirectory('web-root');
    chmodSync(web.path, 0o755);
    const root = join(web.path, 'html');
    mkdirSync(root, { mode: 0o755 });
    const plain = await startNginx({ http: `server { listen 127.0.0.1:${pebble.httpPort}; root ${root}; }` });
    try {
      site = await startSite({ root });
      await agent.call.authorities.add({ ...acme(), validation: 'http-01-web-root' });
      const { nodeId } = await addSite(agent, site);
      const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'pebble' });
      await approve(agent, taskId);
      const task = await agent.until(taskId);
      expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
      const left = await agent.call.certificates.show({ certificate: await site.served() });
      expect(left.names).toEqual([shop]);
    } finally {
      await plain.stop();
      web.remove();
    }
  });

  test('whose CA does not offer the preferred chain is installed with its usual one, and a warning', async () => {
    site = await startSite();
    await agent.call.authorities.add({
      ...{ ...acme(), preferred_chain: 'Nobody Root X1', validation: 'http-01-agent' },
      ...{ responder_address: '127.0.0.1', responder_port: pebble.httpPort },
    });
    const { nodeId } = await addSite(agent, site, { auto_approve: true });
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'pebble' });
    const task = await agent.until(taskId);
    expect(task.state).toBe('succeeded-with-warnings');
    expect(task.steps.find(({ name }) => name === 'await-certificate')?.sentence).toMatch(
      /does not offer a chain that ends at "Nobody Root X1", only at: Pebble Root CA/,
    );
    expect(await site.served()).not.toBe(site.oldFingerprint);
  });

  test('that cannot be validated ends with the words of the CA, and nothing was changed', async () => {
    site = await startSite();
    await agent.call.authorities.add({
      ...acme(),
      validation: 'http-01-agent',
      responder_address: '127.0.0.1',
      responder_port: await freePort(),
    });
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'pebble' });
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({
      state: 'failed',
      restored: 'not-needed',
    });
    expect(`${task.failure?.sentence} ${task.failure?.peerSaid}`).toContain(shop);
    expect(site.state()).toEqual(before);
    expect((await agent.call.orders.list({}))[0]?.state).toBe('refused');
  });
});
