import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { type HookReceiver, startHookReceiver } from '#test/servers/hook-receiver.ts';
import { type Openssl, openOpenssl } from '#test/servers/openssl.ts';

const secret = 'a secret that only the two know';
const minute = 60_000;
let directory: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let receiver: HookReceiver;
let clock: JumpingClock;
let openssl: Openssl;

beforeEach(async () => {
  directory = tempDirectory('delivery');
  clock = new JumpingClock();
  receiver = await startHookReceiver();
  openssl = await openOpenssl();
  agent = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
  await agent.call.channels.add({ kind: 'webhook', name: 'chat', url: receiver.url, secret });
});
afterEach(async () => {
  await agent?.close();
  await receiver?.stop();
  await openssl?.remove();
  directory.remove();
});

const soon = { timeout: 60_000, interval: 30 };
const chat = () => agent.call.channels.show({ channel: 'chat' });
/** What is still to be sent within this time. */
const dueWithin = (ms: number) => {
  const [channel] = agent.database.channels.list();
  const { notifications } = agent.database.deliveries.due(channel?.id ?? '', clock.now() + ms, 50);
  return notifications.map(({ title }) => title);
};
interface Sent {
  delivery: string;
  notifications: { id: string }[];
}
const told = () =>
  receiver.requests.map(({ body }) => JSON.parse(body) as { notifications: { title: string }[] });
const titles = () => told().flatMap(({ notifications }) => notifications.map(({ title }) => title));

/** What the receiver does with the header: the time, a full stop and the body, by a program that is not ours. */
async function isSigned({ headers, body }: HookReceiver['requests'][number]): Promise<boolean> {
  const [, seconds = '', given] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['trustkeep-signature'])) ?? [];
  const file = await openssl.file('signed', `${seconds}.${body}`);
  const said = await openssl.must('dgst', '-sha256', '-mac', 'HMAC', '-macopt', `key:${secret}`, file);
  return said.trim().endsWith(`= ${given}`);
}

test('a notification arrives signed, once, and says what it is about; a test says that it is one', async () => {
  agent.agent.askPerson('A server asks for more.');
  await expect.poll(titles, soon).toEqual(['A server asks for a change']);
  expect((await agent.call.channels.test({ channel: 'chat' })).sentence).toMatch(
    /^127\.0\.0\.1:\d+ answered 204\.$/,
  );
  const [first, second] = receiver.requests;
  if (first === undefined || second === undefined) throw new Error('two requests were expected');
  expect(await isSigned(first)).toBe(true);
  expect(await isSigned({ ...first, body: first.body.replace('more', 'less') })).toBe(false);
  expect(JSON.parse(first.body)).toMatchObject({
    ...{ source: 'trustkeep', test: false, delivery: first.headers['trustkeep-delivery'] },
    notifications: [{ kind: 'system', level: 'attention', sentence: 'A server asks for more.' }],
  });
  expect(JSON.parse(second.body)).toMatchObject({ test: true });
  expect(await chat()).toMatchObject({ waiting: 0, report: { ok: true } });
  expect(JSON.stringify(await agent.call.audit.list({}))).not.toContain(secret);
});

test('what cannot be delivered is tried again with growing waits, over a restart too, and is seen at the channel', async () => {
  receiver.status = 503;
  agent.agent.askPerson('A server asks for more.');
  await expect.poll(async () => (await chat()).report?.ok, soon).toBe(false);
  const { report, waiting } = await chat();
  expect(report?.failure).toMatchObject({ code: 'webhook.unavailable', retry: 'later' });
  expect(waiting).toBeGreaterThanOrEqual(1);
  const before = receiver.requests.length;
  clock.jump(50_000);
  agent.agent.wake();
  clock.jump(11_000);
  await expect.poll(() => receiver.requests.length, soon).toBeGreaterThan(before);
  await expect.poll(() => dueWithin(2 * minute), soon).not.toContain('A server asks for a change');
  // a person is told once, however often it is tried
  const about = (await agent.call.notifications.list({})).filter(({ title }) =>
    title.includes('channel chat'),
  );
  expect(about).toHaveLength(1);
  await agent.close();
  receiver.status = 200;
  agent = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
  expect((await chat()).waiting).toBeGreaterThanOrEqual(1);
  clock.jump(6 * minute);
  await expect.poll(async () => (await chat()).waiting, soon).toBe(0);
  expect(await chat()).toMatchObject({ report: { ok: true, failingSince: null } });
  const delivered = told()
    .at(-1)
    ?.notifications.map(({ title }) => title);
  expect(delivered).toContain('A server asks for a change');
  // who drops what has come already, by its ID, misses nothing that came with it for the first time
  expect(delivered?.length).toBeGreaterThan(1);
  const messages = receiver.requests.map(({ body }) => JSON.parse(body) as Sent);
  const contents = messages.map(({ delivery, notifications }) =>
    [delivery, ...notifications.map(({ id }) => id)].join(' '),
  );
  expect(new Set(contents).size).toBe(new Set(messages.map(({ delivery }) => delivery)).size);
});

test('a refusal by the receiver is told with what to do, and a redirection is not followed', async () => {
  receiver.status = 401;
  expect((await agent.call.channels.test({ channel: 'chat' })).failure?.code).toBe('webhook.refused');
  receiver.status = 307;
  const { failure } = await agent.call.channels.test({ channel: 'chat' });
  expect(failure).toMatchObject({ code: 'webhook.refused', hint: expect.stringContaining('redirects') });
  expect(receiver.requests).toHaveLength(2);
  expect(JSON.stringify(failure)).not.toContain('of-the-receiver');
});

test('what is given up after three days does not come later, and is still listed', async () => {
  receiver.status = 500;
  agent.agent.askPerson('A server asks for more.');
  await expect.poll(async () => (await chat()).report?.ok, soon).toBe(false);
  clock.jump(73 * 60 * minute);
  await expect.poll(() => dueWithin(10 ** 9), soon).not.toContain('A server asks for a change');
  expect((await agent.call.notifications.list({})).map(({ title }) => title)).toContain(
    'A server asks for a change',
  );
});

test('the rules of the settings hold: what does not appear is not sent, and successes wait for others', async () => {
  await agent.call.settings.set({ notify_system: false });
  agent.agent.askPerson('A server asks for more.');
  await expect.poll(async () => (await agent.call.notifications.list({})).length, soon).toBe(1);
  expect((await chat()).waiting).toBe(0);
  expect(receiver.requests).toEqual([]);
});

test('a channel whose table is gone changes nothing of what is told', async () => {
  agent.database.deliveries.enqueue = () => {
    throw new Error('no such table: deliveries');
  };
  agent.agent.askPerson('A server asks for more.');
  await expect.poll(async () => (await agent.call.notifications.list({})).length, soon).toBe(1);
});

test('a secret that is too short, or missing, is refused', async () => {
  const { url } = receiver;
  await expect(agent.call.channels.add({ kind: 'webhook', name: 'b', url, secret: 'short' })).rejects.toThrow(
    /^Signing secret must be between 16 and 1024/,
  );
  await expect(agent.call.channels.add({ kind: 'webhook', name: 'b', url })).rejects.toThrow(
    'Signing secret is required.',
  );
  await expect(agent.call.channels.update({ channel: 'chat', changes: { secret: null } })).rejects.toThrow(
    'Signing secret cannot be cleared.',
  );
});
