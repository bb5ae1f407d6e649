import { expect, test } from 'vitest';
import { clockAt, now } from '#test/make/database.ts';
import { prove } from '../../../../../electron/providers/authorities/acme/prove.ts';
import type { AcmeOrder } from '../../../../../electron/providers/authorities/acme/wire.ts';
import type { Work } from '../../../../../electron/providers/authorities/acme/work.ts';

/** What the CA is asked for when the proof was told it at that moment. */
async function askedAfter(answeredAt: number): Promise<string[]> {
  const asked: string[] = [];
  const authorization = { status: 'valid', identifier: { type: 'dns', value: 'a.example' }, challenges: [] };
  const work = {
    client: { ca: 'ca.example' },
    clock: clockAt(now),
    request: { names: ['a.example'] },
    tools: { signal: new AbortController().signal },
    accounts: {
      get: async () => ({ thumbprint: 't' }),
      post: async (url: string) => {
        asked.push(url);
        return { body: JSON.stringify(authorization) };
      },
    },
    challenges: { putUp: async () => {} },
    handle: () => ({ answeredAt, provisions: [], shown: null }),
    save: () => {},
  } as unknown as Work;
  await prove(work, { authorizations: ['https://ca.example/authz'] } as AcmeOrder, null);
  return asked;
}

test.each([
  ['30 s ago', now - 30_000, 0],
  ['61 s ago', now - 61_000, 1],
  ['an hour ahead, by a clock that was set back since', now + 3_600_000, 1],
])(
  'A CA that was told of a proof %s is asked for it again as often as that: %#',
  async (_when, at, times) => {
    expect(await askedAfter(at)).toHaveLength(times);
  },
);
