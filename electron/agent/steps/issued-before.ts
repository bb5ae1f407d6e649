import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { z } from 'zod';
import { asFailure, Failure, isAboutConnection } from '#shared/failure.ts';
import type { Certificate, KeyType } from '#shared/model/certificate.ts';
import type { KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { Order } from '#shared/model/order.ts';
import type { IssuedBefore, Plan } from '#shared/model/plan.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { certificateFingerprint } from '../../pki/fingerprint.ts';
import type { MakesKeys } from '../../providers/endpoints/endpoint.ts';
import { Secret } from '../../secrets/secret.ts';
import { canonicalJson } from '../plans/canonical.ts';
import { decideRenewal } from '../policies/renewal.ts';
import { spreadOf } from '../policies/spread.ts';
import { certificateSeal, handleSeal } from './seal-issued.ts';
import { isSealedRequest, requestSeal, sealedKeyName } from './seal-request.ts';
import { awaitCertificateOutput, type MadeKey, makeKeyOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/** Sealed under the order's ID: key and chain cannot be put in another's place. */
const kept = z.object({ made: makeKeyOutput, chainPem: z.string() });
type Kept = z.infer<typeof kept>;
const sealedNames = { issued: 'issued', key: 'issued-key' } as const;

/** Whether the certificate of a task that ends without success may be installed by a later one, and its key is to stay. */
export function mayBeUsedAgain({ outputs }: TaskRow['memory']): boolean {
  return 'await-certificate' in outputs && makeKeyOutput.safeParse(outputs['make-key']).success;
}

/**
 * Keeps certificate and key of a task that ends without success for the next one at its node. Gives whether that was done: not
 * while the master key is not at hand, and not for what this task did not seal. In the transaction that ends the task.
 */
export function keepIssued({ task, memory }: TaskRow, database: Database): boolean {
  if (!mayBeUsedAgain(memory) || task.failure?.code === 'material.unfit') return false;
  const order = database.orders.ofTask(task.id);
  const issued = awaitCertificateOutput.safeParse(memory.outputs['await-certificate']).data;
  const certificate = issued === undefined ? null : database.certificates.get(issued.fingerprint);
  if (order === null || order.state !== 'collected' || certificate === null) return false;
  const made = makeKeyOutput.parse(memory.outputs['make-key']);
  try {
    if (!isSealedRequest(database, task.id, made)) return false;
    if (!certificateSeal.isOf(database, task.id, certificate)) return false;
    const key = made.where === 'agent' ? database.secrets.open(task.id, sealedKeyName) : null;
    if (made.where === 'agent' && key === null) return false;
    const value: Kept = { made, chainPem: certificate.chainPem };
    database.secrets.put(order.id, sealedNames.issued, Secret.of(JSON.stringify(value)));
    if (key !== null) database.secrets.put(order.id, sealedNames.key, key);
    key?.wipe();
    return true;
  } catch (error) {
    const { about, code } = asFailure(error);
    if (about === 'keychain' || code === 'secret.damaged') return false;
    throw error;
  }
}

interface Wanted {
  nodeId: string;
  names: readonly string[];
  keyType: KeyType;
  terms: Order['terms'];
  /** Any of those that the plan names. */
  authorityIds: readonly string[];
  keyPlace: KeyPairPlace | undefined;
}

/**
 * The newest certificate that was issued for exactly this, was never installed, is not revoked and would not have to be renewed
 * yet; null: there is none. What is kept of it is read when it is used.
 */
export function issuedBefore(
  database: Database,
  wanted: Wanted,
  now: number,
): { issued: IssuedBefore; where: KeyPairPlace } | null {
  for (const order of database.orders.keptIssued()) {
    const certificate = database.certificates.get(order.certificateFingerprint ?? '');
    if (certificate === null || !isFor(order, wanted) || !isFresh(certificate, order, now)) continue;
    const where = placeOfKey(database, order);
    if (where === null || (wanted.keyPlace !== undefined && wanted.keyPlace !== where)) continue;
    const { fingerprint, notAfter } = certificate;
    return { issued: { orderId: order.id, orderNumber: order.number, fingerprint, notAfter }, where };
  }
  return null;
}

function isFor(order: Order, wanted: Wanted): boolean {
  const { nodeId, names, keyType, terms } = wanted;
  const same = canonicalJson([order.nodeId, order.names, order.keyType, order.terms]);
  return (
    wanted.authorityIds.includes(order.authorityId) && same === canonicalJson([nodeId, names, keyType, terms])
  );
}

function isFresh({ notBefore, notAfter, revoked, fingerprint }: Certificate, order: Order, now: number) {
  if (revoked !== null) return false;
  const spread = spreadOf(order.nodeId, fingerprint);
  const facts = { now, notBefore, notAfter, ari: null, failures: 0, lastFailedAt: null, spread };
  return decideRenewal(facts).nextAt > now;
}

/** Null: it cannot be told, and so it is not used. */
function placeOfKey(database: Database, order: Order): KeyPairPlace | null {
  try {
    return readKept(database, order.id)?.made.where ?? null;
  } catch {
    return null;
  }
}

function readKept({ secrets }: Database, orderId: string): Kept | null {
  const sealed = secrets.open(orderId, sealedNames.issued);
  return sealed === null ? null : kept.parse(JSON.parse(sealed.text()));
}

/** What a task goes on with in place of a key of its own. `store` belongs into the transaction that ends the step. */
interface Taken {
  made: MadeKey;
  store(): void;
}

/**
 * Takes what was kept, for the plan that says so: order, certificate and key are this task's from then on. `keys`: of the
 * endpoint, asked whether a key that lies there is still the one. Failure `issued.gone`.
 */
export async function takeIssued(context: StepContext, plan: Plan, keys: MakesKeys | null): Promise<Taken> {
  const { database } = context.tools;
  const { issued } = plan;
  const order = issued === undefined ? null : database.orders.get(issued.orderId);
  const certificate = issued === undefined ? null : database.certificates.get(issued.fingerprint);
  const value = order === null ? null : readKept(database, order.id);
  if (order === null || certificate === null || value === null) throw gone(plan);
  const { made, chainPem } = value;
  if (made.where === 'agent' && !database.secrets.has(order.id, sealedNames.key)) throw gone(plan);
  const same =
    certificateFingerprint(chainPem) === certificate.fingerprint && chainPem === certificate.chainPem;
  if (!same || certificate.revoked !== null) throw gone(plan);
  if (made.where === 'endpoint') await mustBeThere(plan, made, keys);
  return {
    made,
    store() {
      const taken: Order = { ...order, taskId: context.task.id, updatedAt: context.tools.clock.now() };
      database.orders.update(taken);
      handleSeal.put(database, context.task.id, taken);
      certificateSeal.put(database, context.task.id, certificate);
      requestSeal.put(database, context.task.id, made);
      const key = database.secrets.open(order.id, sealedNames.key);
      if (key !== null) database.secrets.put(context.task.id, sealedKeyName, key);
      key?.wipe();
      forgetIssued(database, order.id);
    },
  };
}

async function mustBeThere(plan: Plan, { path, spki }: MadeKey, keys: MakesKeys | null): Promise<void> {
  const data = randomBytes(32);
  const signature = path === null ? null : await signed(plan, path, keys, data);
  if (signature === null) throw gone(plan);
  const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
  if (!verify(plan.keyType === 'ec-p384' ? 'sha384' : 'sha256', data, key, signature)) throw gone(plan);
}

/** Null: there is no such key, or it does not sign. Only a connection that is lost rejects. */
async function signed(
  { keyType }: Plan,
  path: string,
  keys: MakesKeys | null,
  data: Buffer,
): Promise<Buffer | null> {
  try {
    return (await keys?.signWithKey(path, keyType, data)) ?? null;
  } catch (error) {
    if (isAboutConnection(asFailure(error))) throw error;
    return null;
  }
}

/** Nothing more is kept of it here. In the caller's transaction. */
export function forgetIssued({ secrets }: Database, orderId: string): void {
  for (const name of Object.values(sealedNames)) secrets.remove(orderId, name);
}

/** The private key (PKCS#8, PEM) of a certificate that was issued and not installed, where the agent has it. The caller wipes it. */
export function keptKeyOf(database: Database, { orderNumber, fingerprint }: Certificate): Secret | null {
  const order = orderNumber === null ? null : database.orders.byNumber(orderNumber);
  if (order === null || order.certificateFingerprint !== fingerprint) return null;
  return database.secrets.open(order.id, sealedNames.key);
}

/** Where the key of a kept one lies on its endpoint; null: nowhere, or it cannot be told. */
export function keyOnEndpoint(database: Database, orderId: string): string | null {
  try {
    return readKept(database, orderId)?.made.path ?? null;
  } catch {
    return null;
  }
}

function gone({ issued, endpointName }: Plan): Failure {
  const number = issued?.orderNumber ?? 0;
  return new Failure(
    'issued.gone',
    `The certificate of order ${number} cannot be used: it or its private key is no longer there.`,
    {
      hint: `Request the certificate again with --new_order. Nothing was changed on ${endpointName}.`,
      retry: 'never',
    },
  );
}
