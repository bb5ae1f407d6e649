import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { connectionDefinition } from '#shared/model/connection.ts';
import { connectTools } from '#test/make/connection.ts';
import type { RequestPeer } from '#test/make/connection-peers.ts';
import {
  answersRequests,
  type ConnectTools,
  type RestConnection,
} from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { shapes } from './each-connection.ts';

const ask = { method: 'GET', path: '/mgmt/tm/sys/version' } as const;

/** What every connection promises that asks instead of running programs. */
const each = shapes.flatMap(([type, { requests = {} }]) =>
  Object.entries(requests).map(([name, { start }]) => ({ type, name, start })),
);

describe.each(each)('$type connection, $name', ({ type, start }) => {
  const definition = connectionDefinition({ type });
  let peer: RequestPeer;
  beforeAll(async () => {
    peer = await start();
  });
  afterAll(() => peer.stop());

  async function open(
    settings = peer.settings,
    login = peer.login(),
    more: Partial<ConnectTools> = {},
  ): Promise<RestConnection> {
    const made = await connect(settings, login, { ...connectTools, ...more });
    if (!answersRequests(made)) throw new Error('it runs programs');
    return made;
  }

  test('tells where it leads, and as whom', async () => {
    const connection = await open();
    expect(connection.description).toBe(definition.described(peer.settings));
    expect(connection.description).toBe(peer.description);
    expect(connection.dialAddress).toBe(definition.told(peer.settings).address?.host);
    expect(connection.credentialUsed).toContain(peer.user);
    await connection.close();
  });

  test('asks, gives its login back, and asks nothing once closed', async () => {
    const before = peer.logins();
    const connection = await open();
    expect(await connection.request(ask)).toMatchObject({ status: 200 });
    expect(peer.logins()).toBe(before + 1);
    await Promise.all([connection.close(), connection.close()]);
    await connection.close();
    expect(peer.logins()).toBe(before);
    await expect(connection.request(ask)).rejects.toMatchObject({ code: 'connection.closed' });
  });

  test('logs in again, once for all who wait, when its login is gone', async () => {
    const connection = await open();
    peer.forgetLogins();
    const answers = await Promise.all([1, 2, 3].map(() => connection.request(ask)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(peer.logins()).toBe(1);
    await connection.close();
    expect(peer.logins()).toBe(0);
  });

  test('refuses a wrong login with its own code, and leaves no login behind', async () => {
    const { settings, login } = peer.refused.wrong();
    const refused = await connect(settings, login, connectTools).catch(asFailure);
    expect(refused).toMatchObject({ code: definition.refused, about: 'login' });
    expect(peer.logins()).toBe(0);
  });

  test('takes another login once, after a refusal', async () => {
    const asked: string[] = [];
    const { settings, login } = peer.refused.stranger();
    const made = await open(settings, login, {
      anotherLogin: async () => {
        asked.push('another');
        return { user: definition.told(peer.settings).login?.user, ...peer.login() };
      },
    });
    expect(asked).toEqual(['another']);
    expect(made.credentialUsed).toContain(peer.user);
    await made.close();
  });

  test('does not go on when another answers, and tells the identity it met', async () => {
    const { otherIdentity, settings } = peer;
    expect(otherIdentity === null).toBe(definition.identity === null);
    if (otherIdentity === null) return;
    const changed = await open(definition.pin(settings, otherIdentity)).catch(asFailure);
    expect(changed).toMatchObject({ code: definition.identity?.changed, about: 'identity' });
    const seen: string[] = [];
    const made = await open(definition.pin(settings, null), peer.login(), {
      onIdentity: ({ fingerprint }) => seen.push(fingerprint),
    });
    await made.close();
    expect(seen).toEqual([definition.told(settings).pinned]);
    expect(peer.logins()).toBe(0);
  });

  test('gives up with the reason of whoever does not want it any more', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(open(peer.settings, peer.login(), { signal })).rejects.toThrow('enough');
    expect(peer.logins()).toBe(0);
  });
});
