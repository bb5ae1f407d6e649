import { z } from 'zod';
import { type AddInput, addInputOf } from '../catalog/definition.ts';
import { endpointCatalog } from '../catalog/endpoints/index.ts';
import { inputAs } from '../catalog/field.ts';
import { type EndpointType, endpoint, probeReport } from '../model/endpoint.ts';
import { command, nameOrId, nothing } from './base.ts';

/** As it is once parsed: every catalog field of any type, by name. */
type EndpointInput = AddInput<'type', EndpointType, 'name'>;
/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const endpointInput = inputAs<EndpointInput>(addInputOf('type', endpointCatalog));

/** One endpoint, with what is stored beside it. */
const endpointView = endpoint.extend({
  /** Of the credential store its login is read from; null: its own login, or no such store. */
  storeName: z.string().nullable(),
  /** Names, by their IDs, of the credential stores that its other secrets are read from; one that is gone is left out. */
  secretStores: z.record(z.string(), z.string()),
  /** Of the authority it orders from; null: the default one. */
  authorityName: z.string().nullable(),
  /** Of its fall-back; null: it has none. */
  fallbackName: z.string().nullable(),
  /** What tasks left there that could not be removed yet, and why, for people; null: nothing. */
  toCleanUp: z.string().nullable(),
});
export type EndpointView = z.infer<typeof endpointView>;

export const endpoints = {
  /** `tls add <type>`; gives the instance id. Probes first; what the probe found is in the answer. */
  add: command
    .meta({ cli: 'tls add', help: 'Add an endpoint.', positional: 'type', mutates: true, begins: true })
    .input(endpointInput)
    .output(z.object({ endpoint, probe: probeReport, taskId: z.string().nullable() })),
  list: command
    .meta({ cli: 'tls list', help: 'List the endpoints.' })
    .input(nothing)
    .output(z.array(endpoint)),
  show: command
    .meta({ cli: 'tls show', help: 'Show one endpoint.', positional: 'endpoint' })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(endpointView),
  /** Keeps what is not named. Same fields as `add`, all optional. */
  update: command
    .meta({
      cli: 'tls update',
      help: 'Change an endpoint. Options that are not given stay the same.',
      positional: 'endpoint',
      mutates: true,
    })
    .input(z.object({ endpoint: nameOrId, changes: z.record(z.string(), z.unknown()) }).strict())
    .output(z.object({ endpoint, probe: probeReport })),
  /** Refused while a task of it is live. Changes nothing on the endpoint. */
  remove: command
    .meta({
      cli: 'tls remove',
      help: 'Remove an endpoint. Nothing is changed on the endpoint itself.',
      positional: 'endpoint',
      mutates: true,
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(nothing),
  probe: command
    .meta({
      cli: 'tls probe',
      help: 'Check that an endpoint can be reached and managed.',
      positional: 'endpoint',
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(probeReport),
  discover: command
    .meta({
      cli: 'tls discover',
      help: 'Find the nodes of an endpoint.',
      positional: 'endpoint',
      mutates: true,
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(z.object({ taskId: z.string() })),
  restart: command
    .meta({
      cli: 'tls restart',
      help: 'Restart an endpoint, so that it serves what is installed.',
      positional: 'endpoint',
      mutates: true,
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(z.object({ taskId: z.string() })),
};
