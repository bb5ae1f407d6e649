import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Flat } from '#shared/catalog/field.ts';
import type { Task } from '#shared/model/task.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeBigip, restSettings, shopKey } from '#test/make/bigip.ts';
import { failureFrom } from '#test/make/commands.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';

/** A BIG-IP that is really served, and an agent that manages it. */
let data: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let bigip: Awaited<ReturnType<typeof makeBigip>>;
beforeEach(async () => {
  data = tempDirectory('f5');
  bigip = await makeBigip();
  agent = await startAgent({ dataDirectory: data.path });
});
afterEach(async () => {
  await agent.close();
  await bigip.stop();
  data.remove();
});

const given = (more: Flat = {}) => ({
  ...{ type: 'f5' as const, name: 'bigip1', host: bigip.host, port: bigip.port },
  ...{ user: bigip.user, password: bigip.password },
  certificate_fingerprint: restSettings(bigip).certificate ?? '',
  ...more,
});

async function add(more: Flat = {}): Promise<void> {
  const { taskId } = await agent.call.endpoints.add(given(more));
  await agent.until(taskId ?? '');
}

async function nodeId(key = shopKey): Promise<string> {
  const node = (await agent.call.nodes.list({ endpoint: 'bigip1' })).find((one) => one.key === key);
  if (node === undefined) throw new Error(`there is no node ${key}`);
  return node.id;
}

async function planned(key = shopKey) {
  const { taskId } = await agent.call.certificates.request({
    node: await nodeId(key),
    names: ['shop.example'],
  });
  const task = await agent.until(taskId, ['waiting', 'failed']);
  if (task.state === 'failed') throw new Error(task.failure?.sentence);
  return agent.call.approvals.show({ approval: taskId });
}

async function certified(key = shopKey): Promise<Task> {
  const { id, taskId, plan } = await planned(key);
  await agent.call.approvals.approve({ approval: id, fingerprint: plan.fingerprint });
  return agent.until(taskId);
}

const sentences = (task: Task): string => task.steps.map(({ sentence }) => sentence ?? '').join('\n');

async function shown(port: number, serverName = 'shop.example') {
  const answer = await probeTls({
    address: '127.0.0.1',
    port,
    serverName,
    timeoutMs: 5000,
    keyAlgorithm: 'ecdsa',
  });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.sentence;
}

/** Every token was given back; a task ends before its connection does. */
const loggedOut = () => vi.waitFor(() => expect(bigip.world.tokens.size).toBe(0));

/** Those with the names of our own objects. */
const ours = () => [...bigip.world.configuration.certs.keys()].filter((path) => path.includes('trustkeep_'));

describe('a BIG-IP as an endpoint', () => {
  test('is added, discovered, planned, changed and proved at every virtual server, and saved', async () => {
    await add();
    const nodes = await agent.call.nodes.list({ endpoint: 'bigip1' });
    expect(nodes.map(({ name, alias, notInstallable }) => [name, alias, notInstallable === null])).toEqual(
      expect.arrayContaining([
        ['shop (default)', 'default', true],
        ['shop (rsa)', 'rsa', true],
        ['child (default)', 'inherited from /Common/shop', false],
        ['blog', 'blog', true],
        ['/Tenant/app/backend', null, true],
        ['Device certificate', null, false],
      ]),
    );
    const { plan } = await planned();
    expect(plan.install.shares?.map(({ who }) => who)).toEqual([
      `virtual server /Common/vs_shop (127.0.0.1:${bigip.ports.shop})`,
      `virtual server /Common/vs_child (127.0.0.1:${bigip.ports.child})`,
      'virtual server /Common/vs_domain (10.0.0.1%2:443)',
    ]);
    const child = `Virtual server /Common/vs_child (127.0.0.1:${bigip.ports.child})`;
    expect(plan.install.shares?.map(({ sentence }) => sentence)).toContain(
      `${child} shows the new certificate from then on, since its profile /Common/child inherits it.`,
    );
    expect(plan.install.warnings.join()).toContain('/Common/vs_domain (10.0.0.1%2:443)');
  });

  test('serves the new certificate in every place, and nothing else changed', async () => {
    await add();
    const blog = await shown(bigip.ports.shop, 'blog.example');
    const task = await certified();
    expect(task.failure).toBeNull();
    expect(task.state).toBe('succeeded');
    expect(sentences(task)).toContain('Proved: 2 handshakes');
    expect(sentences(task)).toContain('The configuration was saved.');
    expect(sentences(task)).toContain('The current state is kept (1 object), so that it can be restored.');
    const [served, inherited] = [await shown(bigip.ports.shop), await shown(bigip.ports.child)];
    expect(served).not.toBe(bigip.old.facts.fingerprint);
    expect(inherited).toBe(served);
    expect(await shown(bigip.ports.shop, 'blog.example')).toBe(blog);
    expect(bigip.world.saved.clientSsl).toEqual(bigip.world.configuration.clientSsl);
    expect([...bigip.world.uploads.keys()]).toEqual([]);
    await loggedOut();
  });

  test('is restored and proved to be, when the profile refuses the new objects', async () => {
    await add();
    const before = bigip.state();
    const { id, taskId, plan } = await planned();
    bigip.world.faults.push({ after: 0, how: 'refused', at: /client-ssl\/~Common~shop$/, method: 'PATCH' });
    await agent.call.approvals.approve({ approval: id, fingerprint: plan.fingerprint });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', failure: { code: 'endpoint.refused' } });
    expect(sentences(task)).toContain('the previous certificate is served again');
    expect(bigip.state()).toEqual(before);
    await loggedOut();
  });

  test('is proved by its object, and the task says so, where no virtual server answers', async () => {
    await add();
    for (const path of ['/Common/vs_shop', '/Common/vs_child']) bigip.world.virtuals.delete(path);
    const task = await certified();
    expect(task.state).toBe('succeeded-with-warnings');
    expect(sentences(task)).toContain(
      'Proved by the object on the BIG-IP, not by a handshake: /Common/shop uses',
    );
    expect(ours()).toHaveLength(1);
  });

  test('keeps a device group in sync, or says that it does not', async () => {
    const other = { name: 'bigip2.example', managementIp: '127.0.0.2', failoverState: 'standby' as const };
    bigip.world.devices.push(other);
    bigip.world.groups.push({
      fullPath: '/Common/pair',
      autoSync: false,
      devices: ['bigip1.example', other.name],
    });
    bigip.world.sync = 'In Sync';
    await add();
    const task = await certified();
    expect(sentences(task)).toContain('The device group /Common/pair is in sync.');
    bigip.world.sync = 'Changes Pending';
    const { plan } = await planned('client-ssl:/Common/blog#blog');
    expect(plan.install.warnings.join()).toContain('The device group /Common/pair is not synchronized');
    expect(bigip.world.requests.filter((one) => one === 'POST /mgmt/tm/cm')).toHaveLength(1);
  });

  test('is refused on the unit that is not active, before any change', async () => {
    await add();
    bigip.world.devices.push({ name: 'bigip2.example', managementIp: '127.0.0.2', failoverState: 'active' });
    for (const one of bigip.world.devices) if (one.name === bigip.world.self) one.failoverState = 'standby';
    const before = bigip.state();
    await expect(planned()).rejects.toThrow(
      'bigip1.example is standby. bigip2.example (127.0.0.2) is active.',
    );
    expect(bigip.state()).toEqual(before);
  });
});

describe('what is wrong with a BIG-IP is one sentence, and nothing is stored', () => {
  const sentence = async (more: Flat) => {
    const failure = await failureFrom(agent.call.endpoints.add(given(more)));
    expect(await agent.call.endpoints.list({})).toEqual([]);
    await loggedOut();
    return `${failure.message} ${failure.hint ?? ''}`;
  };

  test('a wrong password, which is tried once', async () => {
    expect(await sentence({ password: 'not-it' })).toContain('127.0.0.1 refused the login of admin.');
    expect(bigip.world.requests.filter((one) => one === 'POST /mgmt/shared/authn/login')).toHaveLength(1);
  });

  test('a certificate that no one vouches for: its fingerprint is told, and how to pin it', async () => {
    const said = await sentence({ certificate_fingerprint: undefined });
    expect(said).toContain(`--certificate_fingerprint ${restSettings(bigip).certificate}`);
    const { fingerprint256 } = new X509Certificate(bigip.world.deviceCertificate);
    expect(said).toContain(`Its SHA-256 fingerprint is ${fingerprint256}.`);
    expect(bigip.world.requests).toEqual([]);
  });

  test('another certificate than the pinned one', async () => {
    const said = await sentence({ certificate_fingerprint: 'ab'.repeat(32) });
    expect(said).toContain('is not the pinned one');
    const { fingerprint256 } = new X509Certificate(bigip.world.deviceCertificate);
    expect(said).toContain(`with the one of the device itself: ${fingerprint256}.`);
    expect(bigip.world.requests).toEqual([]);
  });

  test('all tokens in use', async () => {
    for (let at = 0; at < 100; at += 1)
      bigip.world.tokens.set(`T${at}`, { user: 'admin', until: Date.now() + 60_000 });
    const failure = await failureFrom(agent.call.endpoints.add(given()));
    expect(failure).toMatchObject({ code: 'icontrol.tokens-used-up', retry: 'later' });
  });

  test('an exception without a reason, without an end, or whose end has passed', async () => {
    const insecure = { connection_type: 'rest_insecure', certificate_fingerprint: undefined };
    for (const unverified_reason of [undefined, '   '])
      expect(await sentence({ ...insecure, unverified_reason })).toContain('A reason is required');
    const reason = { ...insecure, unverified_reason: 'a lab' };
    expect(await sentence(reason)).toContain('An end date is required');
    for (const unverified_until of ['2026-02-30', 'tomorrow'])
      expect(await sentence({ ...reason, unverified_until })).toContain('must be a day (YYYY-MM-DD)');
    expect(await sentence({ ...reason, unverified_until: '2020-01-31' })).toContain(
      'until 2020-01-31, which has passed',
    );
  });
});

test('a role that cannot upload is told by the probe, and refused before any change', async () => {
  bigip.world.users.set('admin', { password: bigip.password, role: 'certificate-manager' });
  await add();
  const { probe } = await agent.call.endpoints.show({ endpoint: 'bigip1' });
  expect(probe?.checks.find(({ name }) => name === 'write')).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('certificate-manager for all-partitions'),
  });
});

test('an exception stays on the overview, with its reason, until it ends', async () => {
  const insecure = {
    connection_type: 'rest_insecure',
    unverified_reason: 'a lab',
    unverified_until: '2999-12-31',
  };
  await add({ certificate_fingerprint: undefined, ...insecure });
  expect((await agent.call.agent.overview({})).unverified).toEqual([
    expect.objectContaining({ name: 'bigip1', reason: 'a lab', until: '2999-12-31', ended: false }),
  ]);
});
