import { Failure } from '#shared/failure.ts';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { countsOf } from '#shared/model/changes/index.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { InstallPlan, Plan } from '#shared/model/plan.ts';
import type { Database } from '../../database/database.ts';
import { checkNames, normalizeNames } from '../../pki/csr.ts';
import { namesCover } from '../../pki/names.ts';
import { bindingOf } from '../plans/binding.ts';
import { makePlan } from '../plans/certify.ts';
import { whoApproves } from '../policies/approval.ts';
import { keyTypeFor } from '../policies/key-type.ts';
import { quickRetries } from '../tasks/retry.ts';
import { alsoUses } from './also-uses.ts';
import { issuedBefore } from './issued-before.ts';
import { fallbackFor, fallbackPart } from './plan-fallback.ts';
import { policySeal } from './seal-policy.ts';
import { type CertifyInput, certifyInput } from './shapes.ts';
import type { OpenConnection, Step, StepContext } from './step.ts';
import { webRootFor } from './web-root.ts';

export const planStep: Step = {
  name: 'plan',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const input = certifyInput.parse(context.memory.input);
    const { database } = context.tools;
    const open = await context.tools.openConnection();
    const plan = await gatherPlan({
      database,
      // after connecting, which may have pinned the host key just now
      endpoint: context.endpoint(),
      node: context.node(),
      open,
      input,
      now: context.tools.clock.now(),
    });
    rememberWhoApproves(context, plan);
    const sentence = `Planned: ${countsOf(plan.install.changes)}.`;
    return { kind: 'done', output: { plan }, sentence };
  },
};

/** Here and not when it is approved: a policy that is switched on later is not for a plan that a person was asked about. */
function rememberWhoApproves({ tools, task, endpoint }: StepContext, plan: Plan): void {
  const { database } = tools;
  if (whoApproves(endpoint(), plan, task.origin).by === 'policy') policySeal.put(database, task.id, plan);
  else policySeal.forget(database, task.id);
}

interface PlanSources {
  database: Database;
  endpoint: EndpointRow;
  node: EndpointNode;
  open: OpenConnection;
  input: CertifyInput;
  /** Epoch milliseconds. */
  now: number;
}

/** Failure `node.not-installable`, in the words of discovery. */
export function mustBeInstallable({ notInstallable }: EndpointNode): void {
  if (notInstallable !== null) throw new Failure('node.not-installable', notInstallable);
}

/** Fresh facts from the endpoint, put together to the plan a person reads. Changes nothing. */
export async function gatherPlan(sources: PlanSources): Promise<Plan> {
  const { endpoint, node, input, database } = sources;
  mustBeInstallable(node);
  const authority = pickAuthority(database, input.authorityId ?? endpoint.policy.authorityId);
  const install = await sources.open.endpoint.plan(node.key);
  const names = certificateNames(node, input.names, install.answers?.named ?? []);
  mustBeProvable(authority, names);
  const fallback = fallbackFor(database, endpoint, authority, names);
  const keyType = keyTypeFor(node, install, input.keyType ?? endpoint.policy.keyType);
  const terms = { profile: input.profile ?? null, days: input.days ?? null };
  const from = [authority, ...(fallback.row === null ? [] : [fallback.row])];
  const wanted = { nodeId: node.id, names, keyType, terms, keyPlace: input.keyPlace };
  // a further node of a group gets the certificate of the first
  const mayBeThere = !input.newOrder && (input.group?.position ?? 0) === 0;
  const before = !mayBeThere
    ? null
    : issuedBefore(database, { ...wanted, authorityIds: from.map(({ id }) => id) }, sources.now);
  return makePlan({
    endpoint: { id: endpoint.id, name: endpoint.name },
    node: { id: node.id, name: node.name },
    reason: input.reason,
    names,
    loses: lostNames(node, install, names),
    keyType,
    keyPlace:
      before === null ? await pickKeyPlace(sources.open, node.key, input) : placeOfIssued(before.where),
    authority: { id: authority.id, name: authority.name, kind: authority.kind },
    terms,
    ...(before === null ? {} : { issued: before.issued }),
    webRoot: webRootFor(authority, node),
    ...fallbackPart(fallback.row, node),
    ...restartPart(sources),
    ...groupPart(input),
    bound: bindingOf(endpoint, authority, fallback.row ?? undefined),
    install: {
      ...install,
      warnings: [
        ...install.warnings,
        ...fallback.warnings,
        ...revokedWarning(database, node),
        ...alsoUses(database, endpoint, install),
      ],
    },
  });
}

/** Why there is a hurry: whoever approves it should know what is served until then. */
function revokedWarning(database: Database, { certificate }: EndpointNode): string[] {
  const revoked = certificate === null ? null : database.certificates.get(certificate.fingerprint)?.revoked;
  if (revoked === null || revoked === undefined) return [];
  const why = revoked.reason === null ? '' : ` (${revoked.reason})`;
  const day = new Date(revoked.at).toISOString().slice(0, 10);
  return [
    `The present certificate was noted as revoked on ${day}${why}; clients may refuse it until it is replaced.`,
  ];
}

/** The names requested, else those the node answers for, by its settings and so far, else those of its present certificate. */
function certificateNames(
  node: EndpointNode,
  requested: string[] | undefined,
  answers: readonly string[],
): string[] {
  const usable = configuredNames(node);
  const present = node.certificate?.names ?? [];
  const own =
    usable.length > 0 ? [...usable, ...answers.filter((name) => !namesCover(usable, name))] : present;
  const names = requested?.length ? requested : own;
  if (names.length === 0)
    throw new Failure('names.missing', `${node.name} has no name that a certificate could be issued for.`, {
      hint: 'Enter the names: --names shop.example,www.shop.example.',
    });
  const normal = normalizeNames(names);
  checkNames(normal);
  return normal;
}

/** Those that the node answers for by its settings, as far as a certificate can be for them. */
export function configuredNames({ serverNames }: Pick<EndpointNode, 'serverNames'>): string[] {
  return serverNames.filter(
    (name) =>
      name !== '' && name !== '_' && !name.startsWith('~') && !name.startsWith('.') && !name.endsWith('.*'),
  );
}

/** A name without a dot, such as that of the machine in the certificate it came with, is nobody's. */
function lostNames(node: EndpointNode, { answers }: InstallPlan, names: readonly string[]): string[] {
  const present =
    answers === undefined ? (node.certificate?.names ?? []) : [...answers.named, ...answers.byDefault];
  return present.filter((name) => name.includes('.') && !namesCover(names, name));
}

function pickAuthority(database: Database, id: string | null | undefined) {
  const authority = id ? database.authorities.get(id) : database.authorities.default();
  if (authority === null)
    throw new Failure(
      'authority.not-found',
      id ? 'The authority set for this endpoint no longer exists.' : 'There is no default authority.',
      {
        hint: 'Choose one with --authority, or add one and make it the default.',
      },
    );
  return authority;
}

/** What no answer of the CA can change is refused before there is an order. */
function mustBeProvable({ name, kind, settings }: Authority, names: readonly string[]): void {
  const refused = authorityDefinition({ kind }).unprovable(settings, names);
  if (refused === null) return;
  throw new Failure(
    'authority.cannot-prove',
    `"${name}" cannot prove control of ${refused.names.join(', ')}: ${refused.because}.`,
    { hint: `${refused.hint} Nothing was ordered.` },
  );
}

/** Where nothing has to be told to serve what is installed, there is nothing to put off. */
function restartPart({ endpoint, open }: PlanSources): Pick<Plan, 'restarts'> {
  const { restarts } = endpoint.policy;
  return restarts === undefined || open.endpoint.powers.restarts === null ? {} : { restarts };
}

function groupPart({ group }: CertifyInput): Pick<Plan, 'group'> {
  return group === undefined ? {} : { group: { id: group.id, places: group.places } };
}

function placeOfIssued(where: KeyPairPlace): Plan['keyPlace'] {
  return { where, why: 'It was generated for the certificate that is used.' };
}

const noKeys = { yes: false, why: 'This type of endpoint cannot generate keys; the agent does.' };

async function pickKeyPlace(
  open: OpenConnection,
  nodeKey: string,
  { keyPlace: requested, group }: CertifyInput,
): Promise<{ where: KeyPairPlace; why: string }> {
  if (group !== undefined)
    return { where: 'agent', why: 'Generated by the agent, since the certificate is for several nodes.' };
  if (requested === 'agent') return { where: 'agent', why: 'Generated by the agent, as requested.' };
  const power = (await open.endpoint.powers.makesKeys?.canMakeKeys(nodeKey)) ?? noKeys;
  if (requested === 'endpoint' && !power.yes)
    throw new Failure(
      'key.not-on-endpoint',
      `The key pair cannot be generated on the endpoint: ${power.why}`,
      {
        hint: 'Leave out --key_place, or use --key_place agent.',
      },
    );
  return power.yes ? { where: 'endpoint', why: power.why } : { where: 'agent', why: power.why };
}
