import { implement } from '@orpc/server';
import type { z } from 'zod';
import type { certificateRequest } from '#shared/contract/certificates.ts';
import { contract } from '#shared/contract/index.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { CertificateRequest } from '../agent/certificates/requests.ts';
import { normalizeNames } from '../pki/names.ts';
import type { CommandContext } from '../transport/context.ts';
import { exportCommand } from './certificate-export.ts';
import { findAuthority, findNode, notFound } from './find.ts';
import { revocationCommands } from './revocation.ts';
import type { CommandTools } from './tools.ts';

export function certificateCommands(tools: CommandTools) {
  const os = implement(contract.certificates).$context<CommandContext>();
  const { database, agent } = tools;
  return os.router({
    list: os.list.handler(() => database.certificates.list()),
    show: os.show.handler(({ input }) => {
      const found = database.certificates.find(input.certificate);
      if (found === null) throw notFound('certificate', input.certificate, 'trustkeep certificates list');
      return found;
    }),
    request: os.request.handler(({ input, context }) => {
      const { request, node, others } = requestOf(tools, input);
      const what = request.names === undefined ? '' : ` (${request.names.join(', ')})`;
      const sentence = `A certificate was requested for ${[node, ...others].map(place).join(', ')}${what}.`;
      const task = context.audit.commit(
        () => agent.certificates.request(request, context.caller),
        ({ id }) => ({ subject: id, sentence }),
      );
      return { taskId: task.id };
    }),
    renew: os.renew.handler(({ input, context }) => {
      const node = findNode(database, input.node);
      const task = context.audit.commit(
        () => agent.certificates.renew(node.id, context.caller),
        ({ id }) => ({ subject: id, sentence: `The renewal of ${place(node)} was started.` }),
      );
      return { taskId: task.id };
    }),
    rehearse: os.rehearse.handler(async ({ input, context, signal }) => {
      const { request, node } = requestOf(tools, input);
      const never = new AbortController().signal;
      const { ok, checks, plan, host } = await agent.certificates.rehearse(request, signal ?? never);
      const verdict = ok ? 'passed' : 'failed';
      const sentence = `The rehearsal of ${place(node)} at ${host} for ${firstOf(plan.names)} ${verdict}.`;
      context.audit.note({ subject: node.id, sentence });
      return { ok, names: plan.names, authority: plan.authority.name, host, checks };
    }),
    export: exportCommand(tools),
    ...revocationCommands(tools),
    preview: os.preview.handler(({ input }) => agent.certificates.preview(requestOf(tools, input).request)),
  });
}

function place(node: EndpointNode): string {
  return `${node.endpointName}/${node.name}`;
}

function requestOf({ database }: CommandTools, input: z.infer<typeof certificateRequest>) {
  const node = findNode(database, input.node);
  const names = input.names === undefined ? undefined : normalizeNames(input.names);
  const authority = input.authority === undefined ? undefined : findAuthority(database, input.authority);
  const others = (input.also ?? []).map((other) => findNode(database, other));
  const request: CertificateRequest = {
    nodeId: node.id,
    names,
    authorityId: authority?.id,
    keyType: input.key_type,
    profile: input.profile,
    days: input.days,
    keyPlace: input.key_place,
    newOrder: input.new_order,
    also: input.also === undefined ? undefined : others.map(({ id }) => id),
  };
  return { node, others, request };
}
