import type { Clock } from '#kit/clock.ts';
import { never } from '#kit/never.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { OrderRequest, OrderStatus, OrderTools } from '../authority.ts';
import type { AcmeHandle } from './handle.ts';
import { askedFor, type SeenOrder, seenIn } from './orders.ts';
import { prove } from './prove.ts';
import { refusedOrder } from './refused.ts';
import { burstMs, meantRetryAfter, quickWaits, waitMs } from './waits.ts';
import type { Acted, Done, PollParts, Work } from './work.ts';

/** An order somebody else finalized has another key in it; this often a new one is placed instead. */
const mostReplaced = 3;
const claimedWaitMs = 2000;
/** Proved, finalized and their likes: more in one poll means that the CA goes round in circles. */
const mostSteps = 5;

type Fetched = Done | { kind: 'seen'; seen: SeenOrder };

/**
 * Polls an order once, doing what is due. Right after progress it asks again in tiny steps for up to 1.5 s; without
 * progress it asks once.
 */
export async function pollOrder(
  parts: PollParts,
  start: AcmeHandle,
  request: OrderRequest,
  tools: OrderTools,
): Promise<OrderStatus> {
  const { clock, orders } = parts;
  let handle = start;
  const work: Work = {
    ...parts,
    request,
    tools,
    handle: () => handle,
    save(change) {
      handle = { ...handle, ...change };
      tools.remember(handle);
    },
    adopt(next) {
      handle = next;
    },
  };
  if (handle.orderUrl === null) handle = await orders.place(request, handle, tools);
  let seen = orders.justPlaced(handle.orderUrl ?? '');
  let burst: { since: number; polls: number } | null = null;
  for (let steps = 0; ; ) {
    const url = handle.orderUrl ?? '';
    if (!orders.claim(url, request.orderId)) return claimed(parts.client.ca);
    const acted = await fetchAndAct(work, url, seen);
    if (acted.kind === 'done') {
      orders.release(url);
      return acted.status;
    }
    if (acted.kind === 'went' && steps++ < mostSteps) burst = { since: clock.monotonic(), polls: 0 };
    seen = acted.kind === 'went' ? (acted.seen ?? null) : null;
    if (seen !== null) continue;
    const pause = nextPause(acted, burst, clock);
    if (burst === null || pause === null) return pending(work, acted);
    burst.polls++;
    await clock.sleep(pause, tools.signal);
  }
}

/** A failure that ends our order gives its URL free: the next request for these names may well get it again. */
async function fetchAndAct(work: Work, url: string, seen: SeenOrder | null): Promise<Acted> {
  try {
    const shown: Fetched = seen === null ? await fetchOrder(work, url) : { kind: 'seen', seen };
    return shown.kind === 'done' ? shown : await act(work, shown.seen);
  } catch (thrown) {
    const { retry } = asFailure(thrown);
    if (retry === 'never' || retry === 'needs-person') work.orders.release(url);
    throw thrown;
  }
}

/** Null when it is the caller's turn to wait. */
function nextPause(
  acted: Acted,
  burst: { since: number; polls: number } | null,
  clock: Clock,
): number | null {
  const pause = burst === null ? undefined : quickWaits[burst.polls];
  if (burst === null || pause === undefined) return null;
  if (clock.monotonic() - burst.since + pause > burstMs) return null;
  if (acted.kind !== 'wait') return pause;
  if (acted.atLeastMs !== undefined) return null;
  const patient = (acted.retryAfterMs ?? 0) > meantRetryAfter.longerThanMs;
  return patient && burst.polls >= meantRetryAfter.afterPolls ? null : pause;
}

function pending(work: Work, acted: Acted): OrderStatus {
  const quiet = work.clock.now() - work.handle().progressAt;
  if (acted.kind !== 'wait')
    return {
      state: 'pending',
      afterMs: waitMs(quiet, null),
      sentence: `The CA ${work.client.ca} is processing the order.`,
    };
  const afterMs = acted.atLeastMs ?? waitMs(quiet, acted.retryAfterMs);
  return { state: 'pending', afterMs, sentence: acted.sentence };
}

function claimed(ca: string): OrderStatus {
  const sentence = `The CA ${ca} returned the same order for another request for these names. That request is finished first.`;
  return { state: 'pending', afterMs: claimedWaitMs, sentence };
}

const saysGone: ReadonlySet<string> = new Set<FailureCode>([
  'acme.http-404',
  'acme.http-410',
  'acme.malformed',
  'acme.not-found',
  'acme.unauthorized',
]);

/** An order the CA does not know any more is refused: asking on would never end. */
async function fetchOrder(work: Work, url: string): Promise<Fetched> {
  try {
    return { kind: 'seen', seen: await work.orders.fetch(url, work.request, work.tools.signal) };
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (!saysGone.has(failure.code)) throw failure;
    const names = work.request.names.join(', ');
    const gone = new Failure(
      'acme.order-gone',
      `The CA ${work.client.ca} no longer has the order for ${names}.`,
      { hint: 'Request the certificate again.', peerSaid: failure.peerSaid, cause: failure },
    );
    return { kind: 'done', status: { state: 'refused', because: gone.toData() } };
  }
}

async function act(work: Work, { order, retryAfterMs }: SeenOrder): Promise<Acted> {
  const ca = work.client.ca;
  const names = work.request.names.join(', ');
  const ours = work.handle().phase !== 'placed';
  switch (order.status) {
    case 'pending':
      return prove(work, order, retryAfterMs);
    case 'ready':
      return finalize(work, order);
    case 'processing':
      if (!ours) return placeAnother(work);
      return {
        kind: 'wait',
        sentence: `The CA ${ca} is issuing the certificate for ${names}.`,
        retryAfterMs,
      };
    case 'valid':
      if (!ours) return placeAnother(work);
      if (order.certificate !== work.handle().certificateUrl)
        work.save({ phase: 'finalized', certificateUrl: order.certificate ?? null });
      return { kind: 'done', status: { state: 'ready' } };
    case 'invalid':
      return { kind: 'done', status: await refusedOrder(work, order) };
    default:
      return never(order.status);
  }
}

/** Stored before it is asked for: from here on this URL is the one order that becomes the certificate. */
async function finalize(work: Work, order: SeenOrder['order']): Promise<Acted> {
  if (work.handle().phase !== 'finalizing') work.save({ phase: 'finalizing', progressAt: work.clock.now() });
  const csr = work.request.csr.toString('base64url');
  const asking = { asked: askedFor(work.request), signal: work.tools.signal };
  try {
    const seen = seenIn(await work.accounts.post(order.finalize, { csr }, asking), work.client.ca);
    work.save({
      phase: 'finalized',
      progressAt: work.clock.now(),
      certificateUrl: seen.order.certificate ?? null,
    });
    return seen.order.status === 'valid' ? { kind: 'went', seen } : { kind: 'went' };
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code === 'acme.order-not-ready')
      return { kind: 'wait', sentence: failure.message, retryAfterMs: null };
    if (failure.retry === 'later' || failure.retry === 'after' || failure.about !== 'authority')
      throw failure;
    return { kind: 'done', status: { state: 'refused', because: failure.toData() } };
  }
}

/** We never finalized it, yet it is past that: another request of this account got the same order and used its own key. */
async function placeAnother(work: Work): Promise<Acted> {
  const { orderUrl, replaced } = work.handle();
  if (replaced >= mostReplaced)
    throw new Failure(
      'acme.order-taken',
      `Another program completes the orders of this account at the CA ${work.client.ca} for ${work.request.names.join(', ')}.`,
      { hint: 'Check whether another program uses the same ACME account.' },
    );
  if (orderUrl !== null) work.orders.release(orderUrl);
  const next = await work.orders.place(
    work.request,
    { ...work.handle(), replaced: replaced + 1 },
    work.tools,
  );
  work.adopt(next);
  const seen = work.orders.justPlaced(next.orderUrl ?? '');
  return seen === null ? { kind: 'went' } : { kind: 'went', seen };
}
