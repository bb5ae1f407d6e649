import { z } from 'zod';
import type { Descriptor } from '../catalog/descriptor.ts';
import { nginx } from '../catalog/endpoints/nginx.ts';
import { pem } from '../catalog/endpoints/pem.ts';
import { inputShape } from '../catalog/field.ts';
import { endpoint, type endpointType, probeReport } from '../model/endpoint.ts';
import { command, nameOrId, nothing } from './base.ts';

function addInput<T extends string>(type: T, descriptor: Descriptor) {
  return z.object({ type: z.literal(type), ...inputShape(descriptor.fields) }).strict();
}

/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const endpointInput = z.discriminatedUnion('type', [addInput('nginx', nginx), addInput('pem', pem)]);
/** As it is once parsed: every catalog field of any type, by name. */
export type EndpointInput = { type: z.infer<typeof endpointType>; name: string } & Record<
  string,
  string | number | boolean | string[] | undefined
>;

/** One endpoint, with the name of the credential store its login is read from; null: its own login, or no such store. */
export const endpointView = endpoint.extend({ storeName: z.string().nullable() });
export type EndpointView = z.infer<typeof endpointView>;

export const endpoints = {
  /** `tls add <type>`; gives the instance id. Probes first; what the probe found is in the answer. */
  add: command
    .meta({ cli: 'tls add', help: 'Add an endpoint.', positional: 'type', changes: true })
    .input(endpointInput as unknown as z.ZodType<EndpointInput, EndpointInput>)
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
      changes: true,
    })
    .input(z.object({ endpoint: nameOrId, changes: z.record(z.string(), z.unknown()) }).strict())
    .output(z.object({ endpoint, probe: probeReport })),
  /** Refused while a task of it is live. Changes nothing on the target. */
  remove: command
    .meta({
      cli: 'tls remove',
      help: 'Remove an endpoint. Nothing is changed on the endpoint itself.',
      positional: 'endpoint',
      changes: true,
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
      changes: true,
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(z.object({ taskId: z.string() })),
  restart: command
    .meta({
      cli: 'tls restart',
      help: 'Restart an endpoint, so that it serves what is installed.',
      positional: 'endpoint',
      changes: true,
    })
    .input(z.object({ endpoint: nameOrId }).strict())
    .output(z.object({ taskId: z.string() })),
};
