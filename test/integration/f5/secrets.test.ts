import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bigipLogin, makeBigip, restSettings, shopKey } from '#test/make/bigip.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { connectTools } from '#test/make/connection.ts';
import { endpointTools, inAgent, names, testCa } from '#test/make/endpoints.ts';
import { logInto } from '#test/make/log-lines.ts';
import { SteppedClock } from '#test/make/stepped-clock.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { makeEndpoint } from '../../../electron/providers/endpoints/registry.ts';

let bigip: Awaited<ReturnType<typeof makeBigip>>;
const clock = new SteppedClock();
beforeEach(async () => {
  bigip = await makeBigip({ now: () => clock.now() });
});
afterEach(() => bigip.stop());

const settings = { type: 'f5', proveBy: 'handshake', syncGroup: true } as const;

test('no password, token or key of a BIG-IP is in the log of a whole install, nor in its plan', async () => {
  const lines: string[] = [];
  const log = logInto(lines);
  const http = makeHttp({ userAgent: 'test', clock, log });
  const tools = { clock, log, http: () => http };
  const connection = await connect(restSettings(bigip), bigipLogin(bigip), tools);
  const [token = ''] = bigip.world.tokens.keys();
  clock.step(19 * 60_000); // it is extended under way
  const endpoint = makeEndpoint(settings, connection, { ...endpointTools, clock, log });
  const leaf = makeLeaf(testCa, { names, intermediate: true });
  const plan = await endpoint.plan(shopKey);
  const snapshot = await endpoint.snapshot(plan, 'tag1');
  await endpoint.install(plan, inAgent(leaf));
  await endpoint.restore(snapshot);
  await endpoint.discard(snapshot, 'tag1');
  await connection.close();
  await http.close();
  const told = `${lines.join('\n')} ${JSON.stringify([plan, snapshot, connection.credentialUsed])}`;
  expect(told).toContain('/mgmt/shared/authz/tokens/…');
  for (const secret of [token, bigip.password, leaf.keyPem.split('\n')[1] ?? ''])
    expect(told.includes(secret), secret.slice(0, 4)).toBe(false);
  expect(bigip.world.requests.filter((one) => one === 'PATCH /mgmt/shared/authz/tokens/…')).toHaveLength(1);
  expect(bigip.world.tokens.size).toBe(0);
});

test('a management service that is starting is waited for', async () => {
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  const patient = Object.assign(new SteppedClock(), { sleep });
  const connection = await connect(restSettings(bigip), bigipLogin(bigip), {
    ...connectTools,
    clock: patient,
  });
  bigip.world.faults.push({ after: 0, how: 'unavailable' }, { after: 0, how: 'unavailable' });
  const answer = await connection.request({ method: 'GET', path: '/mgmt/tm/sys/version' });
  expect(answer.status).toBe(200);
  expect(waits).toEqual([2000, 5000]);
  bigip.world.faults.push(...Array.from({ length: 7 }, () => ({ after: 0, how: 'unavailable' as const })));
  await expect(connection.request({ method: 'GET', path: '/mgmt/tm/sys/version' })).rejects.toMatchObject({
    code: 'icontrol.unavailable',
    retry: 'later',
  });
  await connection.close();
  await vi.waitFor(() => expect(bigip.world.tokens.size).toBe(0));
});

test('what iControl REST tells no certificates of, it tells without names and dates, and proves all the same', async () => {
  bigip.world.hasBash = false;
  const connection = await connect(restSettings(bigip), bigipLogin(bigip), connectTools);
  const endpoint = makeEndpoint(settings, connection, endpointTools);
  const nodes = await endpoint.nodes();
  expect(nodes.find(({ key }) => key === shopKey)).toMatchObject({ certificate: null, notInstallable: null });
  expect(nodes.find(({ key }) => key === 'device')).toBeUndefined();
  const plan = await endpoint.plan(shopKey);
  const leaf = makeLeaf(testCa, { names });
  await endpoint.snapshot(plan, 'tag1');
  expect(await endpoint.install(plan, inAgent(leaf))).toContain(leaf.facts.fingerprint.slice(0, 16));
  await connection.close();
});
