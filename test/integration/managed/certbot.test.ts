/**
 * A certificate that certbot obtained and renews, on a server that people then manage with Trustkeep as well: from
 * certbot/certbot#6734 (`certbot delete` leaves servers without the files they name), #2985 (the renewal file is moved to
 * end a renewal) and #10655 (`certbot renew` replaces what somebody else put into a lineage).
 */
import { existsSync, mkdirSync, readlinkSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { type Certbot, certbotIn } from '#test/servers/acme-clients.ts';
import { have } from '#test/servers/available.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { canRunPebble } from '../acme/with-pebble.ts';
import { approve } from '../certify/site.ts';

const shop = 'shop.example';

describe.skipIf(!have('nginx') || !have('certbot') || !canRunPebble)('a certificate of certbot', () => {
  let pebble: Pebble;
  let data: ReturnType<typeof tempDirectory>;
  let certbot: Certbot;
  let nginx: RunningNginx;
  let agent: TestAgent;

  /** One server for all, whose story goes on from test to test: certbot takes its seconds. */
  beforeAll(async () => {
    pebble = await startPebble({ alwaysValid: true });
    data = tempDirectory('certbot');
    certbot = await certbotIn(data.path, pebble);
    await certbot.issue(shop);
    const live = join(certbot.home, 'live', shop);
    nginx = await startNginx({
      http: `server { listen 127.0.0.1:{port} ssl; server_name ${shop};
        ssl_certificate ${live}/fullchain.pem; ssl_certificate_key ${live}/privkey.pem; }`,
    });
    agent = await startAgent({ dataDirectory: join(data.path, 'agent') });
    const { taskId } = await agent.call.endpoints.add({
      ...{ type: 'nginx', name: 'web1', nginx_config_path: nginx.configPath, auto_approve: true },
    });
    await agent.until(taskId ?? '');
  });
  afterAll(async () => {
    await agent.close();
    await nginx.stop();
    await pebble.stop();
    data.remove();
  });

  const note = () => join(certbot.home, 'renewal', `${shop}.conf`);
  const aside = () => join(certbot.home, 'renewal-disabled', `${shop}.conf`);
  const nodeNow = async () => (await agent.call.nodes.list({ endpoint: 'web1' }))[0];
  async function discovered() {
    await agent.until((await agent.call.endpoints.discover({ endpoint: 'web1' })).taskId);
    return nodeNow();
  }
  async function served(): Promise<string> {
    const port = nginx.ports[0] ?? 0;
    const answer = await probeTls({ address: '127.0.0.1', port, serverName: shop });
    return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
  }
  async function requested(): Promise<string> {
    const { taskId } = await agent.call.certificates.request({ node: (await nodeNow())?.id ?? '' });
    return taskId;
  }

  test('is told, and taken over only by a person, since certbot replaces it again', async () => {
    expect((await nodeNow())?.managedBy).toEqual({
      who: 'certbot',
      evidence: `${note()} lists this certificate for renewal`,
    });
    const taskId = await requested();
    const plan = await approve(agent, taskId);
    const archive = join(certbot.home, 'archive', shop);
    expect(plan.install.takesOver).toEqual([
      {
        who: 'certbot',
        evidence: `${note()} lists this certificate for renewal`,
        files: [join(archive, 'privkey1.pem'), join(archive, 'fullchain1.pem')],
        sentence: expect.stringContaining(`move ${note()} to another directory`),
      },
    ]);
    expect((await agent.until(taskId)).state).toMatch(/^succeeded/);
    const ours = (await nodeNow())?.certificate?.fingerprint;
    expect(await served()).toBe(ours);

    expect(await certbot.renew()).toContain('all renewals succeeded');
    await nginx.reload();
    await expect.poll(served).not.toBe(ours);
  });

  test('is renewed by Trustkeep alone, and without asking, once its renewal file was moved away', async () => {
    mkdirSync(dirname(aside()));
    renameSync(note(), aside());
    expect((await discovered())?.managedBy).toBeNull();
    const task = await agent.until(await requested());
    expect(task.state).toMatch(/^succeeded/);
    const { plan } = agent.database.approvals.ofTask(task.id) ?? {};
    expect(plan?.install).not.toHaveProperty('takesOver');
    const ours = (await nodeNow())?.certificate?.fingerprint;

    expect(await certbot.renew()).toContain('No renewals were attempted');
    expect(readlinkSync(join(certbot.home, 'live', shop, 'fullchain.pem'))).toContain('fullchain2.pem');
    await nginx.reload();
    expect(await served()).toBe(ours);
  });

  test('is removed under the server by "certbot delete", as the plan warns', async () => {
    renameSync(aside(), note());
    const preview = await agent.call.certificates.preview({ node: (await nodeNow())?.id ?? '' });
    expect(preview.install.takesOver?.[0]?.sentence).toContain('"certbot delete" would remove them');
    await certbot.remove(shop);
    expect(existsSync(join(certbot.home, 'live', shop))).toBe(false);
    await expect(nginx.reload()).rejects.toThrow();
  });
});
