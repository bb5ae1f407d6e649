import { peerTail } from '#kit/redact.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { OrderStatus } from '../authority.ts';
import { fetchAuthorization, inGroups } from './authorizations.ts';
import { nameOf } from './challenges.ts';
import { askedFor } from './orders.ts';
import { problemFailure } from './problems.ts';
import type { AcmeOrder, Authorization, Problem } from './wire.ts';
import type { Work } from './work.ts';

type Refused = OrderStatus & { state: 'refused' };

/** Why an order became invalid: what the CA says of it, and per name what it says of the challenges. */
export async function refusedOrder(work: Work, order: AcmeOrder): Promise<Refused> {
  const told = order.error?.subproblems !== undefined;
  const all = told ? [] : await inGroups(order.authorizations, (url) => shownAuthorization(work, url));
  return refusal(
    work,
    order,
    all.filter((one) => one !== null),
  );
}

/** Null while no authorization has failed. A failed one ends the order, whatever the order itself says yet. */
export function refusedAuthorizations(
  work: Work,
  order: AcmeOrder,
  all: readonly Authorization[],
): Refused | null {
  return all.some(isDead) ? refusal(work, order, all) : null;
}

/** The order is over: an authorization that the CA does not show tells no more of it. */
async function shownAuthorization(work: Work, url: string): Promise<Authorization | null> {
  try {
    return await fetchAuthorization(work, url);
  } catch (thrown) {
    if (asFailure(thrown).about !== 'authority') throw thrown;
    return null;
  }
}

const isDead = ({ status }: Authorization) => status !== 'pending' && status !== 'valid';

function refusal(work: Work, order: AcmeOrder, all: readonly Authorization[]): Refused {
  const dead = all.filter(isDead);
  const problem = problemOf(order, dead);
  const context = { ca: work.client.ca, asked: askedFor(work.request), status: null, retryAt: null };
  const failure =
    problem === null
      ? withoutReason(work, order, dead)
      : problemFailure(problem, { ...context, now: work.clock.now() });
  return { state: 'refused', because: withShown(failure, work.handle().shown).toData() };
}

/** What was seen here before the CA was asked: where both differ, the CA asks elsewhere. */
function withShown(failure: Failure, shown: string | null): Failure {
  if (shown === null) return failure;
  const { message, hint = '' } = failure;
  return failure.saying(message, { hint: `${hint} Before the CA was asked to check: ${shown}`.trim() });
}

/** What the CA gave as its reason; null when it gave none at all. */
function problemOf(order: AcmeOrder, dead: readonly Authorization[]): Problem | null {
  const perName = dead.map((authorization) => {
    const error = authorization.challenges.find((challenge) => challenge.error !== undefined)?.error;
    const identifier = { ...authorization.identifier, value: nameOf(authorization) };
    return { ...error, type: error?.type ?? 'about:blank', detail: error?.detail ?? '', identifier };
  });
  const first = perName.find(({ type, detail }) => type !== 'about:blank' || detail !== '');
  const overall = order.error ?? first;
  if (overall === undefined) return null;
  const subproblems = order.error?.subproblems ?? perName;
  return {
    ...overall,
    detail: order.error?.detail ?? '',
    ...(subproblems.length === 0 ? {} : { subproblems }),
  };
}

/** The CA said what state things are in, and no more. That time ran out is our guess, and told as one. */
function withoutReason({ client, request, clock }: Work, order: AcmeOrder, dead: readonly Authorization[]) {
  const states = dead.map((one) => `the authorization for ${nameOf(one)} is ${one.status}`);
  const invalid =
    order.status === 'invalid' || dead.length === 0
      ? [`the order for ${request.names.join(', ')} is invalid`]
      : [];
  const expires = Date.parse(order.expires ?? '');
  const late = expires <= clock.now();
  return new Failure(
    'acme.order-invalid',
    `The CA ${client.ca} says without a reason that ${[...invalid, ...states].join(', ')}.`,
    {
      hint: `Request the certificate again. ${late ? `The order may have expired: its time ended at ${new Date(expires).toISOString()}.` : 'If this continues, ask the operator of the CA.'}`,
      peerSaid: peerTail(
        [
          `status: ${order.status}`,
          ...(order.expires === undefined ? [] : [`expires: ${order.expires}`]),
        ].join('\n'),
      ),
    },
  );
}
