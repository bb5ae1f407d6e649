import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { inAgent, listing, open } from '#test/make/endpoints.ts';
import { lostAt } from '#test/make/lost-connection.ts';
import { haveApache, type RunningApache, startApache } from '#test/servers/apache.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { files, host, leafFor, nodeNamed, pair, shown } from './real-apache.ts';

describe.skipIf(!haveApache())('a connection that is lost with any command or write of an install', () => {
  let server: RunningApache;
  const [old, other] = [leafFor('a.test'), leafFor('b.test')];
  const shared = leafFor('c.test', 'd.test');
  const local = new LocalConnection(systemClock);
  beforeAll(async () => {
    server = await startApache({
      files: {
        ...files({ a: old, b: other, shared }),
        'tls/chain.pem': old.chainPem.slice(old.certPem.length),
      },
      site: `${host('a.test', `${pair('a')}  SSLCertificateChainFile {dir}/tls/chain.pem\n`)}${host('b.test', pair('b'))}${host('c.test', pair('shared'))}${host('d.test', pair('shared'))}`,
    });
  });
  afterAll(() => server.stop());

  test.each([
    ['in place, with a chain file', 'a.test', 'before'],
    ['in place, with a chain file', 'a.test', 'after'],
    ['into files of its own', 'c.test', 'before'],
    ['into files of its own', 'c.test', 'after'],
  ] as const)('%s (%s, %s it): everything is back, served and cleared up', async (_what, name, when) => {
    const settings = { settings: { type: 'apache', ...server.settings, certDir: null } } as const;
    const state = await listing(server.dir);
    const served = async () =>
      Promise.all(['a.test', 'b.test', 'c.test', 'd.test'].map(async (one) => (await shown(server, one))[0]));
    const before = await served();
    const good = open(settings, local);
    const { key } = await nodeNamed(good, name);
    const next = leafFor(name);
    let rounds = 0;
    for (let nth = 1; ; nth++) {
      const { connection, seen } = lostAt(local, nth, when);
      const plan = await good.plan(key);
      const endpoint = open(settings, connection);
      const kept: Snapshot[] = [];
      const error = await (async () => {
        kept.push(await endpoint.snapshot(plan, 'fault'));
        await endpoint.install(plan, inAgent(next));
        await endpoint.powers.restarts?.restart();
      })().catch((one: unknown) => one);
      // nothing is changed before all of it is kept
      const [snapshot = null] = kept;
      if (snapshot !== null)
        expect(await good.restore(snapshot), `call ${nth}`).toMatchObject({ exact: true });
      await good.powers.restarts?.restart();
      await good.discard(snapshot, 'fault');
      expect(await served(), `call ${nth}`).toEqual(before);
      expect(await listing(server.dir), `call ${nth}`).toEqual(state);
      if (seen.count < nth) break;
      expect(error, `call ${nth}`).toMatchObject({
        code: expect.stringMatching(/^(connection|file|endpoint)\./),
      });
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(8);
  });
});
