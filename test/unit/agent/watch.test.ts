import { expect, test } from 'vitest';
import { settings } from '#shared/model/settings.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { clockAt, makeDatabase, now } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
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
