import { Failure, type FailureData } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Order } from '#shared/model/order.ts';
import { normalizedChainPem } from '../../pki/chain.ts';
import { certificatesOf } from '../../pki/pem.ts';
import { readCertificate } from '../../pki/read-certificate.ts';
import type { Authority, OrderTools } from '../../providers/authorities/authority.ts';
import { authorityRetries } from '../tasks/retry.ts';
import { orderRequest, orderTools } from './place-order.ts';
import { placeOrderOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';

/** Waits shorter than this are slept here; longer ones are given back, so that no task holds a worker. */
const shortWaitMs = 2500;

export const awaitCertificateStep: Step = {
  name: 'await-certificate',
  ifInterrupted: 'repeat',
  retries: authorityRetries,
  keepTrying: true,
  async run(context) {
    const { database, clock, signal } = context.tools;
    const { orderId } = context.output('place-order', placeOrderOutput);
    const order = database.orders.get(orderId);
    if (order === null) throw new Failure('order.lost', 'The order no longer exists.');
    if (order.state === 'collected') return collected(order, order.certificateFingerprint ?? '');
    const authority = context.tools.authority(order.authorityId);
    const tools = await orderTools(context, orderId);
    const request = orderRequest(context, order);
    const deadline = clock.monotonic() + shortWaitMs;
    for (;;) {
      const handle = database.orders.get(orderId)?.handle ?? null;
      const status = await authority.poll(handle, request, tools);
      switch (status.state) {
        case 'ready':
          return collect(context, authority, tools, orderId);
        case 'refused':
          await authority.cleanUp(handle, tools);
          return refuse(context, orderId, failureFrom(status.because));
        case 'pending':
        case 'waiting-for-approval':
          if (clock.monotonic() + status.afterMs > deadline) return waitFor(context, orderId, status);
          await clock.sleep(status.afterMs, signal);
      }
    }
  },
};

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

function refuse(context: StepContext, orderId: string, failure: Failure): Outcome {
  const { database, clock } = context.tools;
  return {
    kind: 'failed',
    failure,
    store: () => {
      const order = database.orders.get(orderId);
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
  tools: OrderTools,
  orderId: string,
): Promise<Outcome> {
  const { database, clock } = context.tools;
  const order = database.orders.get(orderId);
  if (order === null) throw new Failure('order.lost', 'The order no longer exists.');
  const chainPem = normalizedChainPem(await authority.collect(order.handle));
  await authority.cleanUp(order.handle, tools);
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
  };
  return {
    ...collected(order, certificate.fingerprint),
    store: () => {
      database.certificates.upsert(certificate);
      const now = database.orders.get(orderId) ?? order;
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

function collected(order: Order, fingerprint: string): Outcome & { kind: 'done' } {
  return {
    kind: 'done',
    output: { orderId: order.id, fingerprint },
    sentence: `${order.authorityName} issued the certificate of order ${order.number}.`,
  };
}
