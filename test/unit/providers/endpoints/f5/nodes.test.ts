import { expect, test } from 'vitest';
import { makeLeaf } from '#test/make/certificates.ts';
import { testCa } from '#test/make/endpoints.ts';
import type { RestConnection } from '../../../../../electron/providers/connections/connection.ts';
import { BigipClient } from '../../../../../electron/providers/endpoints/f5/client.ts';
import { nodesOf } from '../../../../../electron/providers/endpoints/f5/nodes.ts';
import { paths, readView } from '../../../../../electron/providers/endpoints/f5/view.ts';

const many = 3000;
const cert = '/Common/many.crt';

/** Each second profile inherits from the one before it, and each has a virtual server. */
const answers: Record<string, unknown[]> = {
  [paths.clientSsl]: Array.from({ length: many }, (_, at) => ({
    ...{ name: `many${at}`, fullPath: `/Common/many${at}`, inheritCertkeychain: String(at % 2 === 1) },
    defaultsFrom: at % 2 === 1 ? `/Common/many${at - 1}` : '/Common/clientssl',
    certKeyChain: [{ name: 'default', cert, key: '/Common/many.key', chain: 'none' }],
  })),
  [paths.virtual]: Array.from({ length: many }, (_, at) => ({
    ...{ fullPath: `/Common/vs${at}`, destination: `/Common/10.0.${at >> 8}.${at & 255}:443`, enabled: true },
    profilesReference: { items: [{ fullPath: `/Common/many${at}`, context: 'clientside' }] },
  })),
};

const client = new BigipClient({
  request: async ({ path }: { path: string }) => ({
    status: 200,
    body: { items: answers[path.slice('/mgmt'.length).split('?')[0] ?? ''] },
  }),
} as unknown as RestConnection);

test('thousands of profiles are told with their virtual servers, and the loop has its turns meanwhile', async () => {
  const view = await readView(client);
  const { certPem } = makeLeaf(testCa, { names: ['many.example'] });
  let turns = 0;
  let ended = false;
  const count = (): void => {
    turns += 1;
    if (!ended) setImmediate(count);
  };
  setImmediate(count);
  const nodes = await nodesOf(view, new Map([[cert, [certPem]]]), 'handshake');
  ended = true;
  expect(nodes).toHaveLength(many);
  expect(nodes.map(({ bindings }) => bindings.length)).toEqual(
    Array.from({ length: many }, (_, at) => (at % 2 === 0 ? 2 : 1)),
  );
  expect(turns).toBeGreaterThan(10);
});
