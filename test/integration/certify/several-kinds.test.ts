import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { type Site, startSite } from './site.ts';

let other: Site;

async function add(name: string, { nginx }: Site, more: Record<string, string> = {}): Promise<void> {
  const given = { type: 'nginx', name, nginx_config_path: nginx.configPath, ...more } as const;
  const { taskId } = await agent.call.endpoints.add(given);
  await agent.until(taskId ?? '');
}

const nodes = { node: 'web1/shop.example', also: ['web2/blog.example'] };

describe.skipIf(!have('nginx'))('one certificate for servers that differ', () => {
  prepareSite();
  beforeEach(async () => {
    other = await startSite({ names: ['blog.example'] });
  });
  afterEach(() => other.nginx.stop());

  test('has the kind of key that the first one has, and is installed on all', async () => {
    const old = makeLeaf(makeCa(), { names: ['blog.example'], keyType: 'rsa-2048' });
    writeFileSync(join(other.nginx.dir, 'tls/shop.crt'), old.chainPem);
    writeFileSync(join(other.nginx.dir, 'tls/shop.key'), old.keyPem);
    await other.nginx.reload();
    await start();
    await add('web1', site);
    await add('web2', other);
    expect((await agent.call.nodes.list({ endpoint: 'web2' }))[0]?.certificate?.keyType).toBe('rsa-2048');
    await agent.call.certificates.request(nodes);
    await expect.poll(async () => (await agent.call.approvals.list({})).length).toBe(2);
    const approvals = await agent.call.approvals.list({});
    expect(approvals.map(({ plan }) => plan.keyType)).toEqual(['ec-p256', 'ec-p256']);
    for (const { id } of approvals) await agent.call.approvals.approve({ approval: id });
    for (const { taskId } of approvals)
      expect(await agent.until(taskId, undefined, 60_000)).toMatchObject({ state: 'succeeded' });
    expect(await other.served()).toBe(await site.served());
  });

  test('is refused where they have theirs in the same file of a host', async () => {
    await start();
    await add('web1', site);
    await add('again', site);
    const request = { node: 'web1/shop.example', also: ['again/shop.example'] };
    await expect(agent.call.certificates.request(request)).rejects.toMatchObject({
      data: { code: 'group.unfit', sentence: expect.stringContaining('in the same file') },
    });
  });

  test('is refused where the endpoints are set to different keys or authorities, unless one is chosen for all', async () => {
    await start();
    await agent.call.authorities.add({ kind: 'local', name: 'second' });
    await add('web1', site);
    await add('web2', other, { key_type: 'rsa-2048', authority: 'second' });
    const refused = (more: object) =>
      expect(agent.call.certificates.request({ ...nodes, ...more })).rejects.toMatchObject({
        data: { code: 'group.unfit' },
      });
    await refused({});
    await refused({ key_type: 'ec-p384' });
    await refused({ authority: 'second' });
    const chosen = { key_type: 'ec-p384', authority: 'second' } as const;
    await refused({ ...chosen, key_place: 'endpoint' });
    await agent.call.certificates.request({ ...nodes, ...chosen });
    await expect.poll(async () => (await agent.call.approvals.list({})).length).toBe(2);
    for (const { plan } of await agent.call.approvals.list({}))
      expect([plan.keyType, plan.authority.name]).toEqual(['ec-p384', 'second']);
  });
});
