import { z } from 'zod';
import { endpointNode, servedFact } from '../model/node.ts';
import { renewal } from '../model/renewal.ts';
import { command, nameOrId } from './base.ts';

/** A node is named by its id, or by `endpoint/node name` on the command line. */
export const nodes = {
  list: command
    .meta({
      cli: 'nodes list',
      help: 'List nodes: name, alias, protocol, address, port, certificate.',
      positional: 'endpoint',
    })
    .input(z.object({ endpoint: nameOrId.optional() }).strict())
    .output(z.array(endpointNode)),
  show: command
    .meta({
      cli: 'nodes show',
      help: 'Show one node and when its certificate is renewed.',
      positional: 'node',
    })
    .input(z.object({ node: nameOrId }).strict())
    .output(z.object({ node: endpointNode, renewal: renewal.nullable() })),
  /** Looks from outside, now. */
  verify: command
    .meta({ cli: 'nodes verify', help: 'Check what a node serves now.', positional: 'node' })
    .input(z.object({ node: nameOrId }).strict())
    .output(servedFact),
};
