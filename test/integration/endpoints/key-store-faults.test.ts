import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { inAgent, listing, type MadeEndpoint, newLeaf, open } from '#test/make/endpoints.ts';
import { storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { readKeyStore } from '../../../electron/pki/key-store/read-key-store.ts';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

/** What asks or changes something of a host. */
const calls = [
  'exec',
  'stat',
  'read',
  'hash',
  'rights',
  'writeAll',
  'write',
  'copyAll',
  'rename',
  'remove',
  'removeLeftovers',
];

/** A connection that is lost at its call number `at`: before it is done, or when it was done and no one heard of it. */
function lostAt(at: number, when: 'before' | 'after'): { connection: HostConnection; reached(): number } {
  let count = 0;
  const lost = () => new Failure('connection.lost', 'The connection was lost.', { retry: 'later' });
  const real = new LocalConnection(systemClock);
  const connection = new Proxy<HostConnection>(real, {
    get(target, property) {
      const value = Reflect.get(target, property) as unknown;
      if (typeof value !== 'function') return value;
      if (!calls.includes(String(property))) return value.bind(target);
      return async (...args: unknown[]) => {
        const mine = ++count;
        if (mine === at && when === 'before') throw lost();
        const result: unknown = await value.apply(target, args);
        if (mine === at) throw lost();
        return result;
      };
    },
  });
  return { connection, reached: () => count };
}

const usable = have('openssl') && have('keytool') && process.getuid?.() === 0;

describe.skipIf(!usable).each(['p12', 'jks'] as const)(
  'an install in a %s store whose connection is lost',
  (type) => {
    let made: MadeEndpoint;
    beforeEach(async () => {
      made = await storeEndpoint(type, type === 'p12' ? 'modern' : 'jks');
    });
    afterEach(() => made.stop());

    test.each(type === 'p12' ? (['before', 'after'] as const) : (['after'] as const))(
      'at any of its calls, %s it is done, leaves the old or the new store whole, and is undone exactly',
      async (when) => {
        const path = 'path' in made.settings ? made.settings.path : '';
        const before = await listing(made.dir);
        const old = await readFile(path);
        const sure = open(made, new LocalConnection(systemClock));
        const plan = await sure.plan('shop');
        const material = inAgent(newLeaf());
        const hashes = await sure.afterHashes(plan, material);
        let reached = 0;
        for (let at = 1; ; at++) {
          const { connection, reached: count } = lostAt(at, when);
          const snapshot = await sure.snapshot(plan, 'tag1');
          const outcome = await open(made, connection)
            .install(plan, material)
            .then(
              () => 'done',
              (error: unknown) => (error as Failure).code,
            );
          const now = await readFile(path);
          const store = await readKeyStore(now, { store: Secret.of(storePassword) });
          expect(store.entries.filter(({ kind }) => kind === 'key').length).toBeGreaterThan(0);
          if (!now.equals(old)) expect(await new LocalConnection(systemClock).hash(path)).toBe(hashes[path]);
          expect(await sure.restore(snapshot)).toMatchObject({ exact: true });
          await sure.discard(snapshot, 'tag1');
          expect(await listing(made.dir), `call ${at}`).toEqual(before);
          reached = count();
          if (outcome === 'done') break;
          expect(outcome).toBe('connection.lost');
        }
        expect(reached).toBeGreaterThan(5);
      },
    );
  },
);
