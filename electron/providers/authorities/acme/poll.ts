import type { Clock } from '#kit/clock.ts';
import { never } from '#kit/never.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { OrderRequest, OrderStatus, OrderTools } from '../authority.ts';
import type { AcmeHandle } from './handle.ts';
import { askedFor, type SeenOrder, seenIn } from './orders.ts';
import { prove } from './prove.ts';
import { isAbsent } from './refusal.ts';
import { refusedOrder } from './refused.ts';
import { absentWaits, burstMs, quickWaits, waitMs } from './waits.ts';
import type { Acted, PollParts, Work } from './work.ts';

/** An order somebody else finalized has another key in it; this often a new one is placed instead. */
const mostReplaced = 3;
const claimedWaitMs = 2000;
/** Proved, finalized and their likes: more in one poll means that the CA goes round in circles. */
const mostSteps = 5;

/**
 * Polls an order once, doing what is due. Right after progress it asks again in tiny steps for up to 1.5 s, unless the
 * CA said when to ask; without progress it asks once.
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
async function fetchAndAct(work: Work, url: string, known: SeenOrder | null): Promise<Acted> {
  try {
    const seen = known ?? (await fetchOrder(work, url));
    const acted = 'kind' in seen ? seen : await act(work, seen);
    if (!('kind' in seen) && work.handle().absent > 0) work.save({ absent: 0 });
    return acted;
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (isAbsent(failure)) return notThere(work, failure);
    if (failure.retry === 'never' || failure.retry === 'needs-person') work.orders.release(url);
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
  const told = acted.atLeastMs !== undefined || (acted.retryAfterMs ?? 0) > 0;
  return told ? null : pause;
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

/** Of an order at its own address; of anything else only what `isAbsent` tells. */
const saysGone: ReadonlySet<string> = new Set<FailureCode>(['acme.malformed', 'acme.unauthorized']);

async function fetchOrder(work: Work, url: string): Promise<SeenOrder | Acted> {
  try {
    return await work.orders.fetch(url, work.request, work.tools.signal);
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (saysGone.has(failure.code)) return notThere(work, failure);
    throw thrown;
  }
}

/** One such answer may come from a replica that is behind, so it is asked again; the last of a row of them is believed. */
function notThere(work: Work, failure: Failure): Acted {
  const answers = work.handle().absent + 1;
  const wait = absentWaits[answers - 1];
  if (wait !== undefined) {
    work.save({ absent: answers });
    const sentence = `${failure.message} Trustkeep will ask again.`;
    return { kind: 'wait', sentence, retryAfterMs: null, atLeastMs: wait };
  }
  const gone = new Failure(
    'acme.order-gone',
    `The CA ${work.client.ca} answered ${answers} times in a row that it does not show the order for ${work.request.names.join(', ')}, or a part of it.`,
    {
      hint: `Request the certificate again. The last answer: ${failure.message}`,
      peerSaid: failure.peerSaid,
      cause: failure,
    },
  );
  return { kind: 'done', status: { state: 'refused', because: gone.toData() } };
}

async function act(work: Work, { order, retryAfterMs }: SeenOrder): Promise<Acted> {
  const ours = work.handle().phase !== 'placed';
  switch (order.status) {
    case 'pending': {
      const acted = await prove(work, order, retryAfterMs);
      return isRefused(acted) && isOwnFault(work) ? placeAnother(work) : acted;
    }
    case 'ready':
      return finalize(work, order);
    case 'processing':
      return ours ? issuing(work, retryAfterMs) : placeAnother(work);
    case 'valid':
      if (!ours) return placeAnother(work);
      if (order.certificate !== work.handle().certificateUrl)
        work.save({ phase: 'finalized', certificateUrl: order.certificate ?? null });
      return { kind: 'done', status: ready(work) };
    case 'invalid':
      if (isOwnFault(work)) return placeAnother(work);
      return { kind: 'done', status: await refusedOrder(work, order) };
    default:
      return never(order.status);
  }
}

function ready({ handle }: Work): OrderStatus {
  const { shown } = handle();
  return shown === null ? { state: 'ready' } : { state: 'ready', sentence: shown };
}

function issuing({ client, request }: Work, retryAfterMs: number | null): Acted {
  const sentence = `The CA ${client.ca} is issuing the certificate for ${request.names.join(', ')}.`;
  return { kind: 'wait', sentence, retryAfterMs };
}

/** RFC 8555 7.4: asked again when the CA said so in its answer to finalize; in a moment where it did not. */
function issuingSince(work: Work, retryAfterMs: number | null): Acted {
  return (retryAfterMs ?? 0) > 0 ? issuing(work, retryAfterMs) : { kind: 'went' };
}

/** Stored before it is asked for: from here on this URL is the one order that becomes the certificate. */
async function finalize(work: Work, order: SeenOrder['order']): Promise<Acted> {
  if (order.finalize === undefined)
    throw new Failure(
      'acme.unexpected-answer',
      `The CA ${work.client.ca} says that ${askedFor(work.request)} is ready, but gave no address to finalize it.`,
      { hint: 'Trustkeep will try again automatically. If this continues, ask the operator of the CA.' },
    );
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
    if (seen.order.status === 'processing') return issuingSince(work, seen.retryAfterMs);
    return seen.order.status === 'valid' ? { kind: 'went', seen } : { kind: 'went' };
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code === 'acme.order-not-ready')
      return { kind: 'wait', sentence: failure.message, retryAfterMs: null };
    const final = failure.retry === 'never' || failure.retry === 'needs-person';
    if (!final || failure.about !== 'authority' || isAbsent(failure)) throw failure;
    return { kind: 'done', status: { state: 'refused', because: failure.toData() } };
  }
}

const isRefused = (acted: Acted) => acted.kind === 'done' && acted.status.state === 'refused';

/** The CA may have asked while nobody was there to answer: the agent was ended in between. A new order is asked about again. */
function isOwnFault({ challenges, handle }: Work): boolean {
  const { answeredAt, provisions, replaced } = handle();
  return answeredAt !== null && replaced < mostReplaced && challenges.wereAway(provisions, answeredAt);
}

/** We never finalized it, yet it is past that: another request of this account got the same order and used its own key. */
async function placeAnother(work: Work): Promise<Acted> {
  const { orderUrl, replaced } = work.handle();
  if (replaced >= mostReplaced)
    throw new Failure(
      'acme.order-taken',
      `The CA ${work.client.ca} shows ${mostReplaced + 1} orders for ${work.request.names.join(', ')} as finalized that Trustkeep placed and did not finalize.`,
      { hint: 'Another program may use the same ACME account.' },
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
