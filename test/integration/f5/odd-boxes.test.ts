import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bigipLogin, makeBigip, restSettings, shop, shopKey } from '#test/make/bigip.ts';
import { connectTools } from '#test/make/connection.ts';
import { inAgent, newLeaf, open } from '#test/make/endpoints.ts';
import type { RestConnection } from '../../../electron/providers/connections/connection.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import type { Endpoint } from '../../../electron/providers/endpoints/endpoint.ts';

/** What a BIG-IP is like that grew for years. */
let bigip: Awaited<ReturnType<typeof makeBigip>>;
let connection: RestConnection;
let endpoint: Endpoint;
beforeEach(async () => {
  bigip = await makeBigip();
  connection = await connect(restSettings(bigip), bigipLogin(bigip), connectTools);
  endpoint = open({ settings: { type: 'f5', proveBy: 'handshake', syncGroup: true } }, connection);
});
afterEach(async () => {
  await connection.close();
  await bigip.stop();
});

async function installed(key = shopKey) {
  const plan = await endpoint.plan(key);
  const snapshot = await endpoint.snapshot(plan, 'tag1');
  const leaf = newLeaf();
  return { plan, snapshot, leaf, said: await endpoint.install(plan, inAgent(leaf)) };
}

const client = (fullPath: string) => {
  const found = bigip.world.configuration.clientSsl.get(fullPath);
  if (found === undefined) throw new Error(`there is no profile ${fullPath}`);
  return found;
};

describe('a device group', () => {
  test('of other devices of the trust domain is neither asked nor given anything', async () => {
    const { world } = bigip;
    for (const name of ['bigip2.example', 'a1.example', 'a2.example'])
      world.devices.push({ name, managementIp: '127.0.0.2', failoverState: 'standby' });
    world.groups.push(
      { fullPath: '/Common/others', autoSync: false, devices: ['a1.example', 'a2.example'] },
      { fullPath: '/Common/pair', autoSync: false, devices: ['bigip1.example', 'bigip2.example'] },
    );
    world.sync = 'In Sync';
    expect((await installed()).said).toContain('The device group /Common/pair is in sync.');
  });

  test('of others does not make a device that is alone one of a pair', async () => {
    const { world } = bigip;
    for (const name of ['a1.example', 'a2.example'])
      world.devices.push({ name, managementIp: '127.0.0.2', failoverState: 'standby' });
    world.groups.push({ fullPath: '/Common/others', autoSync: false, devices: ['a1.example', 'a2.example'] });
    world.sync = 'In Sync';
    expect((await installed()).said).not.toContain('device group');
  });

  test('names the unit of the same group that is active, and not another active device', async () => {
    const { world } = bigip;
    for (const one of world.devices) one.failoverState = 'standby';
    world.devices.unshift({ name: 'a1.example', managementIp: '127.0.0.3', failoverState: 'active' });
    world.devices.push({ name: 'bigip2.example', managementIp: '127.0.0.2', failoverState: 'active' });
    world.groups.push({
      ...{ fullPath: '/Common/pair', autoSync: false },
      devices: ['bigip1.example', 'bigip2.example'],
    });
    await expect(endpoint.plan(shopKey)).rejects.toThrow('bigip2.example (127.0.0.2) is active');
  });
});

describe('the entries of a profile', () => {
  test('keep what else is set in them, and one that signs as a CA is never replaced', async () => {
    const [, rsa] = client(shop).certKeyChain;
    Object.assign(rsa ?? {}, { usage: 'CA' });
    const before = structuredClone(rsa);
    await installed();
    expect(client(shop).certKeyChain[1]).toEqual(before);
    await expect(endpoint.plan(`client-ssl:${shop}#rsa`)).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringContaining('forward proxy'),
    });
  });

  test('an heir of an heir names the profile that has them', async () => {
    bigip.addClientSsl({ fullPath: '/Common/grandchild', defaultsFrom: '/Common/child' });
    await expect(endpoint.plan('client-ssl:/Common/grandchild#default')).rejects.toThrow(
      'inherits its certificate from /Common/shop: request',
    );
  });
});

describe('names', () => {
  test('with spaces, in folders, are read, installed at and restored', async () => {
    const pair = bigip.addPair('/Common/my cert', bigip.blog);
    bigip.addPair('/Common/my-cert', bigip.rsa);
    bigip.addClientSsl({
      fullPath: '/Common/app.app/my profile',
      certKeyChain: [{ name: 'my entry', ...pair }],
    });
    const key = 'client-ssl:/Common/app.app/my profile#my entry';
    const node = (await endpoint.nodes()).find((one) => one.key === key);
    expect(node?.serverNames).toEqual(['blog.example']);
    const { said, snapshot } = await installed(key);
    expect(said).toContain('/Common/trustkeep_app.app_my_profile_my_entry_1.crt');
    expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
    expect(client('/Common/app.app/my profile').certKeyChain).toEqual([{ name: 'my entry', ...pair }]);
  });

  test('of new objects are not those of a key that is left from before', async () => {
    bigip.world.configuration.keys.set('/Common/trustkeep_shop_default_4.key', {
      ...{ pem: bigip.old.keyPem, createdBy: 'x' },
    });
    const { plan } = await installed();
    expect(JSON.stringify(plan.changes)).toContain('trustkeep_shop_default_5.crt');
  });

  test('an heir that answers to a name of its own is asked for that name', async () => {
    bigip.addClientSsl({
      fullPath: '/Common/parent',
      serverName: 'parent.example',
      certKeyChain: client('/Common/blog').certKeyChain,
    });
    bigip.addClientSsl({
      fullPath: '/Common/heir',
      serverName: 'heir.example',
      defaultsFrom: '/Common/parent',
    });
    await bigip.addVirtual({ fullPath: '/Common/vs_heir', clientSide: [shop, '/Common/heir'] });
    const { proofs } = await endpoint.plan('client-ssl:/Common/parent#blog');
    expect(proofs.map(({ serverName }) => serverName)).toEqual(['heir.example']);
  });
});

test('a server-SSL profile that follows another is in the plan of that one', async () => {
  const { world } = bigip;
  const parent = world.configuration.serverSsl.get('/Tenant/app/backend');
  if (parent === undefined) throw new Error('there is no profile');
  const heir = { ...parent, fullPath: '/Tenant/app/heir', defaultsFrom: parent.fullPath };
  const own = { ...heir, fullPath: '/Tenant/app/own', cert: '/Common/blog.crt', key: '/Common/blog.key' };
  for (const one of [heir, own]) world.configuration.serverSsl.set(one.fullPath, one);
  for (const name of ['heir', 'own'])
    world.virtuals.set(`/Tenant/vs_${name}`, {
      ...{ fullPath: `/Tenant/vs_${name}`, destination: '/Tenant/10.0.0.2%2:443', enabled: true },
      ...{ clientSide: [], serverSide: [`/Tenant/app/${name}`] },
    });
  const { shares } = await endpoint.plan('server-ssl:/Tenant/app/backend');
  expect(shares?.map(({ who }) => who)).toEqual([
    expect.stringContaining('/Common/vs_domain'),
    expect.stringContaining('/Tenant/vs_heir'),
  ]);
});

test('a new object that somebody uses elsewhere stays, is named, and the rest is restored and saved', async () => {
  const { plan, snapshot } = await installed();
  const blog = client('/Common/blog');
  const [entry] = client(shop).certKeyChain;
  if (entry === undefined) throw new Error('there is no entry');
  bigip.world.configuration.clientSsl.set('/Common/blog', { ...blog, certKeyChain: [{ ...entry }] });
  const { exact, sentence } = await endpoint.restore(snapshot);
  expect(exact).toBe(false);
  expect(sentence).toContain(`${entry.cert.slice('/Common/'.length)}`);
  expect(bigip.world.saved.clientSsl.get(shop)?.certKeyChain[0]?.cert).toBe('/Common/shop-ec.crt');
  expect(plan.nodeKey).toBe(shopKey);
});

test('a key of a security module is replaced by one in a file only where the plan says so', async () => {
  bigip.world.configuration.keys.set('/Common/shop-ec.key', {
    ...{ pem: bigip.old.keyPem, createdBy: 'x', securityType: 'fips' },
  });
  const { warnings } = await endpoint.plan(shopKey);
  expect(warnings.join()).toContain('security module');
});

test('a login that is refused in the middle is tried once, however much follows', async () => {
  const { world } = bigip;
  world.users.set('admin', { password: 'changed-meanwhile', role: 'admin' });
  world.tokens.clear();
  for (let turn = 0; turn < 5; turn += 1)
    await expect(endpoint.nodes()).rejects.toMatchObject({ code: 'icontrol.login-refused' });
  expect(world.requests.filter((one) => one === 'POST /mgmt/shared/authn/login')).toHaveLength(2);
});
