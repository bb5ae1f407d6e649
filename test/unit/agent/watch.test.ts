import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settings } from '#shared/model/settings.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { SteppedClock } from '#test/make/stepped-clock.ts';
import { watchTurn } from '../../../electron/agent/certificates/watch.ts';

const minute = 60_000;

test('a node that has not been seen is looked at as soon as one of ours, any other that is not ours after hours', async () => {
  const { database, remove } = makeDatabase();
  try {
    const endpoint = anEndpoint();
    database.endpoints.insert(endpoint);
    const nodes = database.nodes.reconcile(endpoint.id, [aFoundNode('unseen'), aFoundNode('seen')], now);
    const seen = nodes.find(({ name }) => name === 'seen')?.id ?? '';
    database.nodes.setServed(seen, { state: 'same', fingerprint: 'f', sentence: '', at: now });
    const asked: (string | null)[] = [];
    const turnAfter = (minutes: number) =>
      watchTurn({
        database,
        clock: clockAt(now + minutes * minute),
        settings: () => settings.parse({}),
        changed: () => {},
        async probeTls({ serverName }) {
          asked.push(serverName);
          return { kind: 'no-answer', code: 'timeout', sentence: 'It did not answer.' };
        },
      });
    await turnAfter(14);
    expect(asked).toEqual([]);
    await turnAfter(15);
    expect(asked).toEqual(['unseen']);
    await turnAfter(6 * 60);
    expect(asked.slice(1)).toEqual(expect.arrayContaining(['seen']));
  } finally {
    remove();
  }
});

describe('an endpoint with many nodes', () => {
  let fixture: TestDatabase;
  beforeEach(() => {
    fixture = makeDatabase();
  });
  afterEach(() => fixture.remove());

  /** Endpoints with so many nodes of so many addresses each, at an address of its own. */
  function estate(endpoints: Record<string, { nodes: number; addresses: number }>): void {
    for (const [at, [name, { nodes, addresses }]] of Object.entries(endpoints).entries()) {
      const endpoint = anEndpoint({ id: `ep_${name}`, name });
      fixture.database.endpoints.insert(endpoint);
      const bindings = Array.from({ length: addresses }, (_, port) => ({
        ...{ address: `127.0.0.${at + 1}`, port: port + 1, configured: '', isDefault: false },
      }));
      const found = Array.from({ length: nodes }, (_, node) => aFoundNode(`${name}${node}`, { bindings }));
      fixture.database.nodes.reconcile(endpoint.id, found, now);
    }
  }

  const noAnswer = { kind: 'no-answer', code: 'timeout', sentence: 'It did not answer.' } as const;

  test('has no more than 8 connections at a time, over all of them', async () => {
    estate({ web: { nodes: 12, addresses: 20 } });
    let [open, most] = [0, 0];
    await watchTurn({
      ...{ database: fixture.database, clock: clockAt(now + 15 * minute), changed: () => {} },
      settings: () => settings.parse({}),
      async probeTls() {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open -= 1;
        return noAnswer;
      },
    });
    expect(most).toBe(8);
  });

  test('that does not answer takes half a minute of a turn, and the others are seen in it', async () => {
    estate({ slow: { nodes: 100, addresses: 1 }, quick: { nodes: 3, addresses: 1 } });
    const clock = new SteppedClock();
    clock.step(now + 15 * minute - clock.now());
    const seen = { slow: 0, quick: 0 };
    const parts = {
      ...{ database: fixture.database, clock, changed: () => {}, settings: () => settings.parse({}) },
      async probeTls({ address }: { address: string }) {
        if (address === '127.0.0.2') seen.quick += 1;
        else if (++seen.slow % 8 === 0) clock.step(5000);
        await Promise.resolve();
        return noAnswer;
      },
    };
    await watchTurn(parts);
    expect(seen.quick).toBe(3);
    expect(seen.slow).toBeGreaterThan(8);
    expect(seen.slow).toBeLessThanOrEqual(64);
    await watchTurn(parts);
    await watchTurn(parts);
    expect(seen).toEqual({ slow: 100, quick: 3 });
  });
});
