import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, listing, testCa } from '#test/make/endpoints.ts';
import { lostAt } from '#test/make/lost-connection.ts';
import { have } from '#test/servers/available.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { connector, endpointOf, files, host, leafAt, leafFor, managed, pem } from './real-tomcat.ts';
import { storeFiles } from './store-shapes.ts';

const leaves = {
  a: leafFor('a.example'),
  b: leafFor('b.example', 'other.example'),
  rsa: makeLeaf(testCa, { names: ['rsa.example'], intermediate: true, keyType: 'rsa-2048' }),
};
const usable = haveTomcat(10) && have('keytool') && have('openssl') && process.getuid?.() === 0;

describe.skipIf(!usable)('a connection that is lost with any command or write of an install', () => {
  let server: RunningTomcat;
  const local = new LocalConnection(systemClock);
  beforeAll(async () => {
    const stored =
      '<Certificate certificateKeystoreFile="conf/two.jks" certificateKeystorePassword="storepass" certificateKeyAlias="other"/>';
    server = await startTomcat({
      roles: 'manager-script',
      files: { ...files(leaves), ...(await storeFiles(leaves, testCa.certPem)) },
      connectors: [
        connector('{port2}', [host('_default_', pem('a')), host('b.example', pem('b'))].join('\n')),
        connector('{port3}', host('_default_', stored)),
        connector('{port4}', host('_default_', pem('b'))),
      ].join('\n'),
    });
  });
  afterAll(() => server?.stop());

  const served = () =>
    Promise.all([
      leafAt(server.ports[1] ?? 0, null),
      leafAt(server.ports[1] ?? 0, 'b.example'),
      leafAt(server.ports[2] ?? 0, null),
      leafAt(server.ports[3] ?? 0, null),
    ]);

  test.each([
    ['in PEM', '2 _default_', 'after', 1],
    ['in a key store', '3 _default_', 'before', 1],
    // each round takes two starts of a Tomcat
    ['into files of its own, with a restart', '2 b.example', 'after', 3],
  ] as const)(
    '%s (%s, %s it): everything is back, served and cleared up',
    async (_what, place, when, every) => {
      const [number = '', name = ''] = place.split(' ');
      const key = `https 127.0.0.1:${server.ports[Number(number) - 1]} ${name}`;
      const [state, before] = [await listing(server.dir), await served()];
      const good = endpointOf(server, managed(server), local);
      const next = leafFor('next.example');
      let rounds = 0;
      for (let nth = 1; ; nth += every) {
        const { connection, seen } = lostAt(local, nth, when);
        const plan = await good.plan(key);
        const endpoint = endpointOf(server, managed(server), connection);
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
        if (snapshot !== null) await good.powers.restarts?.restart();
        await good.discard(snapshot, 'fault');
        expect(await served(), `call ${nth}`).toEqual(before);
        expect(await listing(server.dir), `call ${nth}`).toEqual(state);
        if (seen.count < nth) break;
        expect(error, `call ${nth}`).toMatchObject({
          code: expect.stringMatching(/^(connection|file|endpoint)\./),
        });
        rounds += 1;
      }
      expect(rounds * every).toBeGreaterThan(8);
    },
  );
});
