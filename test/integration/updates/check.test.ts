import { describe, expect, test } from 'vitest';
import { freePort } from '#test/servers/free-port.ts';
import { codeOf, hour, updateWorld } from './world.ts';

const world = updateWorld();

describe('a check', () => {
  test('finds nothing newer, and says so', async () => {
    world.offer({ version: '1.0.0' });
    expect(await world.check()).toMatchObject({
      state: 'up-to-date',
      byHand: true,
      offered: null,
      failure: null,
    });
    expect(world.feed.requests).toEqual(['GET /releases/latest-linux.yml']);
  });

  test('is offered an older version, and takes it for nothing', async () => {
    world.offer({ version: '0.9.9' });
    expect((await world.check()).state).toBe('up-to-date');
  });

  test('does not find what is rolled out to no machine yet', async () => {
    world.offer({ version: '1.1.0', staging: 0 });
    expect((await world.check()).state).toBe('up-to-date');
    expect(world.feed.requests.length).toBe(1);
  });

  test('refuses a feed that another key signed, or none, or that was changed afterwards, and fetches no file', async () => {
    world.offer({ version: '1.1.0', key: world.keys.stranger });
    expect(await codeOf(world.check())).toBe('update.not-signed');
    world.offer({ version: '1.1.0', forge: ({ files }) => delete files[0]?.trustkeep });
    expect(await codeOf(world.check())).toBe('update.not-signed');
    world.offer({ version: '1.1.0', forge: (entry) => Object.assign(entry, { version: '1.2.0' }) });
    expect(await codeOf(world.check())).toBe('update.not-signed');
    world.offer({ version: '1.1.0', forge: ({ files: [file] }) => Object.assign(file ?? {}, { size: 5 }) });
    expect(await codeOf(world.check())).toBe('update.not-signed');
    expect(await world.status()).toMatchObject({
      state: 'failed',
      offered: null,
      failure: { code: 'update.not-signed' },
    });
    expect(new Set(world.feed.requests)).toEqual(new Set(['GET /releases/latest-linux.yml']));
  });

  test('accepts the second key', async () => {
    world.offer({ version: '1.0.0', key: world.keys.spare });
    expect((await world.check()).state).toBe('up-to-date');
  });

  test('is not led into another channel, whatever is signed there', async () => {
    world.offer({ version: '1.1.0', channel: 'beta' });
    expect(await codeOf(world.check())).toBe('update.file-missing');
  });

  test('names what is no feed, what is missing and what does not answer', async () => {
    world.feed.say('<html>Sign in to the network</html>');
    expect(await codeOf(world.check())).toBe('update.not-a-feed');
    world.feed.say('', 404);
    expect(await codeOf(world.check())).toBe('update.feed-missing');
    await world.agent.call.autoupdate.set({ feed: `http://127.0.0.1:${await freePort()}/` });
    expect(await codeOf(world.check())).toBe('net.refused');
    await world.agent.call.autoupdate.set({ feed: world.feed.url });
    const { lastResult, nextCheckAt } = await world.status();
    expect(lastResult).toMatch(/Nothing accepts connections/);
    // the third failure in a row
    expect((nextCheckAt ?? 0) - world.clock.now()).toBeGreaterThan(6 * hour - 60_000);
  });
});

describe('autoupdate', () => {
  const requestsWithin = async (ms: number) => {
    world.feed.requests.length = 0;
    world.clock.jump(ms);
    world.agent.agent.wake();
    await new Promise((resolve) => setTimeout(resolve, 100)); // nothing is to happen
    return world.feed.requests.length;
  };

  test('that is switched off makes not one request, but for a check by hand, which downloads nothing', async () => {
    world.offer({ version: '2.0.0' });
    expect(await world.agent.call.autoupdate.disable({})).toMatchObject({
      state: 'disabled',
      disabledBy: 'setting',
    });
    expect(await requestsWithin(30 * hour)).toBe(0);
    expect(await world.check()).toMatchObject({ state: 'available', enabled: false, byHand: true });
    expect(world.feed.requests).toEqual(['GET /releases/latest-linux.yml']);
  });

  test('that an administrator switched off makes not one request, and says who did', async () => {
    world.policy = { enabled: { value: false, by: '/etc/trustkeep/policy.json' } };
    expect(await world.status()).toMatchObject({ state: 'disabled', disabledBy: 'policy' });
    expect((await world.status()).sentence).toContain('/etc/trustkeep/policy.json');
    expect(await requestsWithin(30 * hour)).toBe(0);
    expect(await codeOf(world.agent.call.autoupdate.enable({}))).toBe('update.policy');
  });

  test('takes its feed from an administrator, whatever is set', async () => {
    world.policy = {
      feed: { value: `${world.feed.url}inner/`, by: 'the environment (TRUSTKEEP_UPDATE_FEED)' },
    };
    expect(await codeOf(world.check())).toBe('update.feed-missing');
    expect(world.feed.requests).toEqual(['GET /releases/inner/latest-linux.yml']);
    expect(await codeOf(world.agent.call.autoupdate.set({ feed: 'https://elsewhere.example/' }))).toBe(
      'update.policy',
    );
  });

  test('asks on its own after the start and every six hours, and not again because of a restart', async () => {
    world.offer({ version: '1.0.0' });
    world.clock.jump(7 * hour);
    world.agent.agent.wake();
    await expect.poll(() => world.feed.requests.length).toBe(1);
    await expect.poll(async () => (await world.status()).byHand).toBe(false);
    expect(await requestsWithin(5 * hour)).toBe(0);
    world.clock.jump(2 * hour);
    world.agent.agent.wake();
    await expect.poll(() => world.feed.requests.length).toBe(1);
    await world.reaches('up-to-date');
    await world.restart();
    expect(await requestsWithin(10 * 60_000)).toBe(0);
  });

  test('refuses an address without TLS, and a window that is none', async () => {
    expect(await codeOf(world.agent.call.autoupdate.set({ feed: 'http://updates.example/' }))).toBe(
      'input.invalid',
    );
    expect(await codeOf(world.agent.call.autoupdate.set({ window: '2-4' }))).toBe('input.invalid');
    expect(await codeOf(world.agent.call.autoupdate.cancel({}))).toBe('update.nothing-to-cancel');
  });

  test('of a build without keys makes not one request, by hand neither, and says so', async () => {
    const { keyring } = world;
    world.keyring = [];
    await world.restart();
    world.offer({ version: '2.0.0' });
    expect(await codeOf(world.check())).toBe('update.no-keys');
    expect(world.feed.requests).toEqual([]);
    expect((await world.status()).sentence).toBe(
      'This build of Trustkeep holds no key to check updates with.',
    );
    expect(await requestsWithin(30 * hour)).toBe(0);
    world.keyring = keyring;
    await world.restart();
  });
});
