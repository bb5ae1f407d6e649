import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { expect, test } from 'vitest';
import type { Contract } from '#shared/contract/index.ts';
import { hole, Speaker, textsOf } from '../house/said.ts';
import { filesLike, sources } from '../house/sources.ts';
import { FakeAgent } from './window/agent/fake-agent.ts';
import { makeScene, scenes } from './window/world/scenes.ts';

/** What the fake agent says, and says only: the tests of the window are about the product's own words. */

const product = new Speaker(sources.flatMap(textsOf));

/** What stands behind the agent has words of its own. */
const others = ['test/e2e/window/world/said-by-others.ts', 'test/e2e/window/vite.config.ts'];
const spoken = filesLike('test/e2e/window/**/*.ts').filter((file) => !others.includes(file));

test('every sentence of the fake agent is one that the product can say', () => {
  const invented = spoken.flatMap((file) =>
    textsOf(file)
      .filter((text) => text.includes(' ') && !product.says(text))
      .map((text) => `${file}: ${text.replaceAll(hole, '…')}`),
  );
  expect(invented).toEqual([]);
});

test('a sentence that was made up for the fake agent is found', () => {
  const made = [
    `The vault at ${hole} is asleep.`,
    'Nothing like this is said.',
    'It did not answer.',
    `There is no endpoint called ${hole}.`,
    'The endpoint was restarted with a smile.',
    'The endpoint was restarted. All is well.',
    `Planned: ${hole}, and nothing else.`,
  ];
  expect(made.filter((text) => product.says(text))).toEqual([]);
  expect(product.says('The endpoint was restarted.')).toBe(true);
  expect(product.says(`There is no endpoint "${hole}".`)).toBe(true);
});

test('a long text of like sentences is judged without trying every way to divide it', () => {
  const speaker = new Speaker([Array.from({ length: 24 }, () => hole).join(' was found and '), 'nothing']);
  const long = 'web1 was found and '.repeat(120);
  expect(speaker.says(`${long}no word of ours`)).toBe(false);
  expect(speaker.says(`${'web1 was found and '.repeat(23)}web2`)).toBe(true);
});

test.each(Object.keys(scenes))(
  'every answer in the world "%s" is what its procedure may answer',
  async (scene) => {
    const agent = new FakeAgent(makeScene(scene, Date.now()));
    const { port1, port2 } = new MessageChannel();
    agent.serve(port1);
    port2.start();
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ port: port2 }));
    try {
      await everyQuestion(client);
    } finally {
      port1.close();
      port2.close();
    }
  },
);

/** Asks what a window asks, of each thing that there is. */
async function everyQuestion(client: ContractRouterClient<Contract>): Promise<void> {
  await Promise.all([
    client.agent.status({}),
    client.agent.overview({}),
    client.secrets.state({}),
    client.certificates.list({}),
    client.orders.list({}),
    client.proxy.get({}),
    client.proxy.test({}),
    client.notifications.list({}),
    client.audit.list({}),
    client.audit.verify({}),
    client.settings.show({}),
  ]);
  for (const { id } of (await client.endpoints.list({})).slice(0, 20))
    await client.endpoints.show({ endpoint: id });
  for (const { id } of await client.nodes.list({})) {
    await client.nodes.show({ node: id });
    await client.certificates.preview({ node: id });
  }
  for (const { id } of await client.tasks.list({})) await client.tasks.show({ task: id });
  for (const { id } of await client.approvals.list({})) await client.approvals.show({ approval: id });
  for (const { id } of await client.authorities.list({})) await client.authorities.test({ authority: id });
  for (const { name, kind } of await client.credentialStores.list({})) {
    await client.credentialStores.verify({ storename: name });
    if (kind === 'local') await client.credentials.list({ storename: name });
    else await client.credentials.get({ storename: name, id: 'shop/web-2' });
  }
}
