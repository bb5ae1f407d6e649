import { implement } from '@orpc/server';
import { paced } from '#kit/in-slices.ts';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import { findEndpoint, findNode } from './find.ts';
import type { CommandTools } from './tools.ts';

export function nodeCommands({ database, agent }: CommandTools) {
  const os = implement(contract.nodes).$context<CommandContext>();
  return os.router({
    list: os.list.handler(({ input }) =>
      paced(
        database.nodes.listing(
          input.endpoint === undefined ? undefined : findEndpoint(database, input.endpoint).id,
        ),
      ),
    ),
    show: os.show.handler(({ input }) => {
      const node = findNode(database, input.node);
      return { node, renewal: database.renewals.get(node.id) };
    }),
    verify: os.verify.handler(({ input }) => agent.certificates.verify(findNode(database, input.node).id)),
  });
}
