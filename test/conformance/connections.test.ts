import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { connectionDefinition } from '#shared/model/connection.ts';
import { connectTools } from '#test/make/connection.ts';
import { connectToPeer } from '#test/make/connection-peers.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { eachConnection, shapes } from './each-connection.ts';

test.each(shapes)('the suite runs over a connection of the type %s', (type, { cases, requests = {} }) => {
  const { kind } = connectionDefinition({ type });
  expect(Object.keys(kind === 'host' ? cases : requests)).not.toEqual([]);
  expect(Object.keys(kind === 'host' ? requests : cases)).toEqual([]);
});

eachConnection('is what its definition says', ({ type, peer, connection, at, directory }) => {
  const definition = connectionDefinition({ type });
  const logsIn = definition.authenticates.length > 0;
  const isKnown = definition.identity !== null;
  /** What a shape must give since the definition says so. */
  function given<T>(value: T | null): T {
    if (value === null) throw new Error(`the shape of ${type} does not have what its definition says`);
    return value;
  }

  test('and tells where it leads, and as whom', () => {
    expect(connection().description).toBe(definition.described(peer().settings));
    const { address, login } = definition.told(peer().settings);
    expect(connection().dialAddress).toBe(address?.host ?? '127.0.0.1');
    expect(connection().credentialUsed).toContain(`user ${login?.user ?? ''}`);
  });
  if (logsIn)
    test('and refuses a wrong login with its own code', async () => {
      const { settings, login } = given(peer().refused).wrong();
      const refused = await connect(settings, login, connectTools).catch(asFailure);
      expect(refused).toMatchObject({ code: definition.refused, about: 'login' });
    });
  if (logsIn)
    test('and takes another login once, after a refusal', async () => {
      const asked: string[] = [];
      const { settings, login } = given(peer().refused).stranger();
      const made = await connect(settings, login, {
        ...connectTools,
        anotherLogin: async () => {
          asked.push('another');
          return { user: definition.told(peer().settings).login?.user, ...peer().login() };
        },
      });
      expect(asked).toEqual(['another']);
      expect(made.credentialUsed).toContain(peer().user);
      await made.close();
    });
  if (isKnown)
    test('and does not go on when another answers', async () => {
      const other = definition.pin(peer().settings, given(peer().otherIdentity));
      const changed = await connect(other, peer().login(), connectTools).catch(asFailure);
      expect(changed).toMatchObject({ code: definition.identity?.changed, about: 'identity' });
    });
  if (isKnown)
    test('and tells the identity it met, which is then the pinned one', async () => {
      const { settings, login } = peer();
      const seen: string[] = [];
      const made = await connect(definition.pin(settings, null), login(), {
        ...connectTools,
        onIdentity: ({ fingerprint }) => seen.push(fingerprint),
      });
      await made.close();
      expect(seen).toEqual([definition.told(settings).pinned]);
    });

  test('and says who it is and rejects everything once closed', async () => {
    const own = await connectToPeer(peer());
    expect(own.description).toBe(peer().description);
    expect(own.dialAddress).toBe('127.0.0.1');
    expect(own.credentialUsed).toContain(peer().user);
    const running = own.exec({ argv: ['sleep', '20'] });
    const closed = { code: 'connection.closed' };
    const stopped = expect(running).rejects.toMatchObject(closed);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all([own.close(), own.close()]);
    await own.close();
    await stopped;
    const bytes = Buffer.from('x');
    await expect(own.exec({ argv: ['true'] })).rejects.toMatchObject(closed);
    await expect(own.stat('/')).rejects.toMatchObject(closed);
    await expect(own.read('/etc/passwd')).rejects.toMatchObject(closed);
    await expect(own.hash('/etc/passwd')).rejects.toMatchObject(closed);
    await expect(own.list('/')).rejects.toMatchObject(closed);
    await expect(own.write(at('f'), bytes, { mode: 0o600 })).rejects.toMatchObject(closed);
    await expect(own.copy(at('f'), at('g'))).rejects.toMatchObject(closed);
    await expect(own.rename(at('f'), at('g'))).rejects.toMatchObject(closed);
    await expect(own.remove(at('f'))).rejects.toMatchObject(closed);
    expect(await readdir(directory())).toEqual([]);
  });
});
