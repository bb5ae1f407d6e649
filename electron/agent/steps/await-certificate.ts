import { Failure, type FailureData } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Order } from '#shared/model/order.ts';
import type { IssuedBefore } from '#shared/model/plan.ts';
import { normalizedChainPem } from '../../pki/chain.ts';
import { certificatesOf } from '../../pki/pem.ts';
import { readCertificate } from '../../pki/read-certificate.ts';
import type {
  Authority,
  NotCleared,
  OrderRequest,
  OrderTools,
  Remark,
} from '../../providers/authorities/authority.ts';
import { authorityRetries } from '../tasks/retry.ts';
import { issuedToFirst } from './group.ts';
import { leaveProofs, saysLeft } from './leave.ts';
import { ownOrder } from './own-order.ts';
import { orderRequest, orderTools } from './place-order.ts';
import { certificateSeal } from './seal-issued.ts';
import { planOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';

/** Waits shorter than this are slept here; longer ones are given back, so that no task holds a worker. */
const shortWaitMs = 2500;

export const awaitCertificateStep: Step = {
  name: 'await-certificate',
  ifInterrupted: 'repeat',
  retries: authorityRetries,
  keepTrying: true,
  async run(context) {
    const { clock, signal } = context.tools;
    const first = issuedToFirst(context);
    if (first !== null) {
      const { orderId, fingerprint, place } = first;
      const sentence = `The certificate was issued for ${place} and this node.`;
      return { kind: 'done', output: { orderId, fingerprint }, sentence };
    }
    const order = mustBeThere(ownOrder(context));
    const orderId = order.id;
    const { issued } = context.output('plan', planOutput).plan;
    if (issued !== undefined && order.state === 'collected') return issuedAlready(order, issued);
    const authority = context.tools.authority(order.authorityId);
    const tools = await orderTools(context, orderId);
    const request = orderRequest(context, order);
    const deadline = clock.monotonic() + shortWaitMs;
    for (;;) {
      const { handle } = mustBeThere(ownOrder(context));
      const status = await authority.poll(handle, request, tools);
      switch (status.state) {
        case 'ready':
          return collect(context, authority, { request, tools, proved: status.sentence });
        case 'refused':
          return refuse(
            context,
            await clearUp(context, authority, { request, tools }),
            failureFrom(status.because),
          );
        case 'pending':
        case 'waiting-for-approval':
          if (clock.monotonic() + status.afterMs > deadline) return waitFor(context, orderId, status);
          await clock.sleep(status.afterMs, signal);
      }
    }
  },
};

/** Sealed for this task when it took the key. */
function issuedAlready(
  { id, number, certificateFingerprint }: Order,
  { fingerprint }: IssuedBefore,
): Outcome {
  if (certificateFingerprint !== fingerprint)
    throw new Failure('certificate.lost', `Order ${number} has another certificate than was approved.`);
  return {
    kind: 'done',
    output: { orderId: id, fingerprint },
    sentence: `The certificate of order ${number} was issued before.`,
  };
}

function failureFrom(because: FailureData): Failure {
  return Failure.from({ ...because, retry: 'never', retryAt: undefined });
}

function waitFor(
  context: StepContext,
  orderId: string,
  status: { state: 'pending' | 'waiting-for-approval'; afterMs: number; sentence: string },
): Outcome {
  const { database, clock } = context.tools;
  return {
    kind: 'wait',
    waitingFor: 'authority',
    until: clock.now() + status.afterMs,
    sentence: status.sentence,
    store: () => {
      const order = database.orders.get(orderId);
      if (order !== null && order.state !== status.state)
        database.orders.update({ ...order, state: status.state, updatedAt: clock.now() });
    },
  };
}

interface Settled {
  orderId: string;
  left: readonly NotCleared[];
}

/** The order has come to its end: what proved control of its names has done its part. */
async function clearUp(
  context: StepContext,
  authority: Authority,
  { request, tools }: { request: OrderRequest; tools: OrderTools },
): Promise<Settled> {
  const { id, handle } = mustBeThere(ownOrder(context));
  return { orderId: id, left: await authority.cleanUp(handle, request, tools) };
}

function refuse(context: StepContext, { orderId, left }: Settled, failure: Failure): Outcome {
  const { database, clock } = context.tools;
  return {
    kind: 'failed',
    failure,
    store: () => {
      const order = database.orders.get(orderId);
      if (order !== null) leaveProofs(context, order, left);
      if (order !== null)
        database.orders.update({
          ...order,
          state: 'refused',
          refusedBecause: failure.toData(),
          updatedAt: clock.now(),
        });
    },
  };
}

async function collect(
  context: StepContext,
  authority: Authority,
  { request, tools, proved }: { request: OrderRequest; tools: OrderTools; proved: string | undefined },
): Promise<Outcome> {
  const { database, clock } = context.tools;
  const order = mustBeThere(ownOrder(context));
  const orderId = order.id;
  const remarks: Remark[] = [];
  const chainPem = normalizedChainPem(await authority.collect(order.handle, (one) => remarks.push(one)));
  const { left } = await clearUp(context, authority, { request, tools });
  const leaf = certificatesOf(chainPem)[0];
  if (leaf === undefined)
    throw new Failure(
      'authority.no-certificate',
      `${order.authorityName} did not issue a certificate for order ${order.number}.`,
    );
  const certificate: Certificate = {
    ...readCertificate(leaf),
    orderNumber: order.number,
    chainPem,
    firstSeenAt: clock.now(),
    revoked: null,
  };
  // here, not with the step's end: without the master key nothing is sealed, and the step waits for it
  certificateSeal.put(database, context.task.id, certificate);
  return {
    kind: left.length > 0 || remarks.some(({ warning }) => warning) ? 'done-with-warning' : 'done',
    output: { orderId, fingerprint: certificate.fingerprint },
    sentence: [
      `${order.authorityName} issued the certificate of order ${order.number}.`,
      ...(proved === undefined ? [] : [proved]),
      ...remarks.map(({ sentence }) => sentence),
      ...(left.length === 0 ? [] : [`${saysLeft(left)} Trustkeep will try again automatically.`]),
    ].join(' '),
    store: () => {
      database.certificates.upsert(certificate);
      const now = database.orders.get(orderId) ?? order;
      leaveProofs(context, now, left);
      database.orders.update({
        ...now,
        state: 'collected',
        certificateFingerprint: certificate.fingerprint,
        updatedAt: clock.now(),
      });
      context.tools.audit(
        'order.collected',
        orderId,
        'ok',
        `Order ${order.number}: certificate ${certificate.fingerprint.slice(0, 16)} for ${order.names.join(', ')} was issued by ${order.authorityName}.`,
      );
    },
  };
}

function mustBeThere(order: Order | null): Order {
  if (order !== null) return order;
  throw new Failure('order.lost', 'The order no longer exists.');
}
