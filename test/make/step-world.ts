import type { Clock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan, PlannedProof } from '#shared/model/plan.ts';
import type { StepName } from '#shared/model/task.ts';
import { certificateSeal } from '../../electron/agent/steps/seal-issued.ts';
import { sealedKeyName } from '../../electron/agent/steps/seal-request.ts';
import type { Kept } from '../../electron/agent/steps/shapes.ts';
import type { OpenConnection, StepContext, StepTools, TlsAnswer } from '../../electron/agent/steps/step.ts';
import { stepContext } from '../../electron/agent/tasks/step-context.ts';
import type { Database, TaskRow } from '../../electron/database/database.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { aCertificate, aFoundNode, certificateFacts } from './certificate-rows.ts';
import { type MadeCa, type MadeLeaf, makeCa, makeLeaf } from './certificates.ts';
import { clockAt, day, makeDatabase, now } from './database.ts';
import { anEndpoint } from './rows.ts';
import { anApproval, aTask } from './task-rows.ts';

export const proofs: PlannedProof[] = [
  { address: '127.0.0.1', port: 443, serverName: 'shop.example' },
  { address: '127.0.0.1', port: 8443, serverName: 'shop.example' },
];
const oldLeaf = certificateFacts('shop').fingerprint;

/** What a step finds: the rows of a certify task whose earlier steps are done, and an endpoint that does as it is told. */
export interface StepWorld {
  database: Database;
  /** Sleeping costs nothing, and time passes with it. */
  clock: Clock;
  ca: MadeCa;
  /** Below an intermediate of `ca`; its key is sealed for the task. */
  leaf: MadeLeaf;
  certificate: Certificate;
  endpoint: EndpointRow;
  node: EndpointNode;
  plan: Plan;
  row: TaskRow;
  /** Of the snapshot step: both addresses showed the old certificate. */
  kept: Kept;
  /** What was asked of the endpoint, in order. */
  asked: string[];
  /** The endpoint of the other side, whose methods may be replaced. */
  adapter: Endpoint;
  /** As a server with the new certificate and its chain answers. */
  shown: TlsAnswer & { kind: 'certificate' };
  /** As it answered before. */
  before: TlsAnswer & { kind: 'certificate' };
  /** The step's view, with some outputs of earlier steps and tools in place of the usual ones. */
  context(outputs?: Partial<Record<StepName, unknown>>, tools?: Partial<StepTools>): StepContext;
  remove(): void;
}

export function stepWorld(): StepWorld {
  const { database, remove } = makeDatabase();
  const whole = { notBefore: now - 300 * day, notAfter: now + 3000 * day };
  const ca = makeCa(whole);
  const intermediate = makeCa({ ...whole, signedBy: ca });
  const life = { notBefore: now - day, notAfter: now + 89 * day };
  const leaf = makeLeaf(ca, { names: ['shop.example'], intermediate, ...life });
  const certificate = aCertificate('new', { ...leaf.facts, chainPem: leaf.chainPem });
  database.certificates.upsert(certificate);
  const endpoint = anEndpoint();
  database.endpoints.insert(endpoint);
  const [node] = database.nodes.reconcile(endpoint.id, [aFoundNode('shop')], now);
  if (node === undefined) throw new Error('the node is gone');
  const { plan: usual } = anApproval();
  const plan = { ...usual, endpointId: endpoint.id, nodeId: node.id, install: { ...usual.install, proofs } };
  const row = aTask({ endpointId: endpoint.id, nodeId: node.id });
  row.memory = { ...row.memory, input: { reason: 'request' } };
  database.tasks.insert(row);
  database.secrets.put(row.task.id, sealedKeyName, Secret.of(leaf.keyPem));
  certificateSeal.put(database, row.task.id, certificate);
  const asked: string[] = [];
  const world = { database, ca, leaf, certificate, endpoint, node, plan, row, asked, remove };
  const kept: Kept = {
    snapshot: { nodeKey: 'shop', kept: [], previousFingerprint: oldLeaf },
    baseline: proofs.map((proof) => ({ ...proof, leaf: oldLeaf })),
  };
  const fingerprints = [leaf.facts.fingerprint, intermediate.facts.fingerprint];
  const [shown, before] = [answerOf(fingerprints), answerOf([oldLeaf])];
  const [clock, adapter] = [hastyClock(), askedAdapter(asked, kept)];
  const made = { ...world, kept, shown, before, clock, adapter };
  return { ...made, context: (outputs, tools) => contextOf(made, outputs, tools) };
}

/** The answer of a server that shows this chain, leaf first. */
export function answerOf(fingerprints: string[]): TlsAnswer & { kind: 'certificate' } {
  const [leafFingerprint = ''] = fingerprints;
  return {
    ...{ kind: 'certificate', keyFingerprint: '', leafPem: '', chainFingerprints: fingerprints },
    leafFingerprint,
  };
}

function contextOf(
  world: Omit<StepWorld, 'context'>,
  outputs: Partial<Record<StepName, unknown>> = {},
  tools: Partial<StepTools> = {},
): StepContext {
  const { row, plan, leaf, certificate, kept, database, clock, adapter } = world;
  const spki = leaf.spki.toString('base64');
  const usual: Partial<Record<StepName, unknown>> = {
    plan: { plan },
    'make-key': { where: 'agent', path: null, spki, csr: 'AQ==' },
    'await-certificate': { orderId: 'ord_1', fingerprint: certificate.fingerprint },
    'check-material': { plan },
    snapshot: kept,
    restart: {},
  };
  const memory = { ...row.memory, outputs: { ...usual, ...outputs } };
  return stepContext(database, { ...row, memory }, new Map(), {
    ...{ database, clock, log: silentLog, signal: new AbortController().signal, proofPatienceMs: 5000 },
    probeTls: async () => ({ kind: 'no-answer', code: 'ECONNREFUSED', sentence: 'It does not answer.' }),
    acceptsConnections: async () => false,
    authority: () => {
      throw new Error('no authority was expected to be asked');
    },
    machineRoots: () => [],
    openConnection: async () => ({ connection: {}, endpoint: adapter }) as OpenConnection,
    ...{ dropConnection: async () => {}, takeLogIn: () => null },
    audit: (action, subject, outcome, sentence) =>
      database.audit.append({
        ...{ at: now, origin: 'agent', actor: null, action, subject, outcome, sentence },
      }),
    ...tools,
  });
}

function hastyClock(): Clock {
  let passed = 0;
  return {
    ...clockAt(now),
    monotonic: () => passed,
    async sleep(ms) {
      passed += ms;
    },
  };
}

function askedAdapter(asked: string[], { snapshot }: Kept): Endpoint {
  const does = <T>(what: string, answer: T) => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const unasked = () => Promise.reject(new Error('this was not expected to be asked'));
  return {
    ...{ probe: unasked, plan: unasked, close: unasked, checkSnapshot: () => Promise.resolve() },
    chainsOnDisk: async () => new Map(),
    nodes: () => does('nodes', [aFoundNode('shop')]),
    checkDrift: () => does('checkDrift', undefined),
    afterHashes: () => does('afterHashes', {}),
    snapshot: () => does('snapshot', snapshot),
    install: () => does('install', null),
    restore: () => does('restore', { exact: true, sentence: 'Everything is back.' }),
    discard: (_snapshot, tag) => does(`discard ${tag}`, undefined),
    powers: {
      makesKeys: null,
      restarts: { restart: () => does('restart', { settled: false }) },
      runsScripts: null,
    },
  };
}
