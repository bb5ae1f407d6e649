import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Database } from '../../database/database.ts';
import { checkNames, normalizeNames } from '../../pki/csr.ts';
import { bindingOf } from '../plans/binding.ts';
import { makePlan } from '../plans/certify.ts';
import { quickRetries } from '../tasks/retry.ts';
import { type CertifyInput, certifyInput } from './shapes.ts';
import type { Session, Step } from './step.ts';

export const planStep: Step = {
  name: 'plan',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const input = certifyInput.parse(context.memory.input);
    const { database } = context.tools;
    const session = await context.tools.session();
    const plan = await gatherPlan({
      database,
      // connecting may have pinned the host key just now
      endpoint: database.endpoints.get(context.endpoint.id) ?? context.endpoint,
      node: context.node(),
      session,
      input,
    });
    const files = plan.install.files.length;
    const sentence = `Planned: ${plural(files, 'file')}, ${plural(plan.install.edits.length, 'configuration line')}, ${plural(plan.install.commands.length, 'command')}.`;
    return { kind: 'done', output: { plan }, sentence };
  },
};

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export interface PlanSources {
  database: Database;
  endpoint: EndpointRow;
  node: EndpointNode;
  session: Session;
  input: CertifyInput;
}

/** Fresh facts from the target, put together to the plan a person reads. Changes nothing. */
export async function gatherPlan(sources: PlanSources): Promise<Plan> {
  const { endpoint, node, input, database } = sources;
  if (node.notInstallable !== null) throw new Failure('node.not-installable', node.notInstallable);
  const names = certificateNames(node, input.names);
  const authority = pickAuthority(database, input.authorityId ?? endpoint.policy.authorityId);
  const install = await sources.session.endpoint.plan(node.key);
  return makePlan({
    endpoint: { id: endpoint.id, name: endpoint.name },
    node: { id: node.id, name: node.name },
    reason: input.reason,
    names,
    keyType: input.keyType ?? endpoint.policy.keyType ?? defaultKeyType,
    keyPlace: await pickKeyPlace(sources.session, input.keyPlace),
    authority: { id: authority.id, name: authority.name, kind: authority.kind },
    terms: { profile: input.profile ?? null, days: input.days ?? null },
    bound: bindingOf(endpoint, authority),
    install,
  });
}

export const defaultKeyType: KeyType = 'ec-p256';

/** The names wished for, else those the node answers for, else those of its present certificate. */
export function certificateNames(node: EndpointNode, wished: string[] | undefined): string[] {
  const usable = node.serverNames.filter(
    (name) =>
      name !== '' && name !== '_' && !name.startsWith('~') && !name.startsWith('.') && !name.endsWith('.*'),
  );
  const names = wished?.length ? wished : usable.length > 0 ? usable : (node.certificate?.names ?? []);
  if (names.length === 0)
    throw new Failure('names.missing', `${node.name} has no name that a certificate could be made for.`, {
      hint: 'Name them: --names shop.example,www.shop.example.',
    });
  const normal = normalizeNames(names);
  checkNames(normal);
  return normal;
}

function pickAuthority(database: Database, id: string | null | undefined) {
  const authority = id ? database.authorities.get(id) : database.authorities.default();
  if (authority === null)
    throw new Failure(
      'authority.not-found',
      id
        ? 'The authority named for this endpoint does not exist any more.'
        : 'There is no default authority.',
      {
        hint: 'Name one with --authority, or add one and make it the default.',
      },
    );
  return authority;
}

async function pickKeyPlace(
  session: Session,
  wished: 'target' | 'agent' | undefined,
): Promise<{ where: 'target' | 'agent'; why: string }> {
  if (wished === 'agent') return { where: 'agent', why: 'Made by the agent, as asked for.' };
  const power = await session.endpoint.canMakeKeys();
  if (wished === 'target' && !power.yes)
    throw new Failure('key.not-on-target', `The key pair cannot be made on the target: ${power.why}`, {
      hint: 'Leave the place open, or ask for it to be made in the agent.',
    });
  return power.yes ? { where: 'target', why: power.why } : { where: 'agent', why: power.why };
}
