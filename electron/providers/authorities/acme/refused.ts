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
  const all = told ? [] : await inGroups(order.authorizations, (url) => fetchAuthorization(work, url));
  return refusal(work, order, all);
}

/** Null while no authorization has failed. A failed one ends the order, whatever the order itself says yet. */
export function refusedAuthorizations(
  work: Work,
  order: AcmeOrder,
  all: readonly Authorization[],
): Refused | null {
  const dead = all.some(({ status }) => status !== 'pending' && status !== 'valid');
  return dead ? refusal(work, order, all) : null;
}

function refusal(work: Work, order: AcmeOrder, all: readonly Authorization[]): Refused {
  const perName = all.flatMap((authorization) => {
    if (authorization.status === 'pending' || authorization.status === 'valid') return [];
    const error = authorization.challenges.find((challenge) => challenge.error !== undefined)?.error;
    const identifier = { ...authorization.identifier, value: nameOf(authorization) };
    const detail = error?.detail ?? `the authorization is ${authorization.status}`;
    return [{ ...error, type: error?.type ?? 'about:blank', detail, identifier }];
  });
  const [first] = perName;
  const overall: Problem = order.error ??
    first ?? {
      type: 'about:blank',
      detail: order.expires === undefined ? '' : `it expired ${order.expires}`,
    };
  const subproblems = order.error?.subproblems ?? perName;
  const failure = problemFailure(
    {
      ...overall,
      detail: order.error?.detail ?? (subproblems.length > 0 ? '' : overall.detail),
      ...(subproblems.length === 0 ? {} : { subproblems }),
    },
    {
      ca: work.client.ca,
      asked: askedFor(work.request),
      status: null,
      retryAt: null,
      now: work.clock.now(),
    },
  );
  return { state: 'refused', because: failure.toData() };
}
