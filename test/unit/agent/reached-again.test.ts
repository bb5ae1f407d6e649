import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog as log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { clockAt, hour, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import type { CredentialReader } from '../../../electron/agent/credentials.ts';
import { openStored } from '../../../electron/agent/open-connection.ts';
import type { OpenConnection } from '../../../electron/agent/steps/step.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

test('what a task left at an endpoint is due again once that is reached, and there alone', async () => {
  const { database } = fixture;
  const { leftovers } = database;
  const endpoint = anEndpoint();
  database.endpoints.insert(endpoint);
  const later = now + hour;
  const waits = { since: now, attempts: 3, nextAt: later, because: 'It is away.' };
  const left = { proofs: null, kept: { snapshot: null, keyPath: null } };
  for (const endpointId of [endpoint.id, 'ep_other'])
    leftovers.put({ taskId: `task of ${endpointId}`, endpointId, ...left, ...waits });
  const due = (endpointId: string) => leftovers.list(endpointId).map(({ nextAt }) => nextAt);

  let away = true;
  const open = (why?: 'to clear up') =>
    openStored(
      {
        ...{ database, clock: clockAt(now), log, credentials: {} as CredentialReader },
        async openEndpoint() {
          if (away) throw new Failure('connection.lost', 'It is away.');
          return { connection: {}, endpoint: {} } as OpenConnection;
        },
      },
      endpoint.id,
      undefined,
      why,
    );
  await expect(open()).rejects.toThrow('It is away.');
  expect([due(endpoint.id), due('ep_other')]).toEqual([[later], [later]]);
  away = false;
  await open('to clear up');
  expect(due(endpoint.id), 'two that cannot be removed do not have each other tried').toEqual([later]);
  await open();
  expect([due(endpoint.id), due('ep_other')]).toEqual([[now], [later]]);
});
