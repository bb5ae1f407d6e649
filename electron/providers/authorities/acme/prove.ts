import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { fetchAuthorization, inGroups } from './authorizations.ts';
import { nameOf } from './challenges.ts';
import type { Provision } from './handle.ts';
import { identifierOf, isOrdered } from './identifiers.ts';
import { isGivenBy } from './key-authorization.ts';
import { refusedAuthorizations } from './refused.ts';
import type { Spread } from './spread.ts';
import type { AcmeOrder, Authorization } from './wire.ts';
import type { Acted, Work } from './work.ts';

/** While a CA validates it is not told again; after this long it may have missed it. */
const tellAgainMs = 60_000;
/** Waits for records up to this are slept, longer ones are given back to the caller. */
const sleptMs = 2000;

/** Proves control of every name that still needs it: puts the answers up, waits for them to spread, tells the CA. */
export async function prove(work: Work, order: AcmeOrder, retryAfterMs: number | null): Promise<Acted> {
  const { clock, challenges, tools } = work;
  const note = (provisions: Provision[]) => work.save({ provisions });
  const { answeredAt } = work.handle();
  const { thumbprint } = await work.accounts.get(tools.signal);
  mustBeMadeHere(work, thumbprint);
  if (answeredAt !== null && isRecent(answeredAt, clock.now())) {
    await challenges.putUp(work.handle().provisions, tools, note);
    return waiting(work, work.request.names, retryAfterMs);
  }
  const all = await inGroups(order.authorizations, (url) => fetchAuthorization(work, url));
  for (const one of all) mustBeOurs(work, one);
  const refused = refusedAuthorizations(work, order, all);
  if (refused !== null) return { kind: 'done', status: refused };
  const open = all.filter(({ status }) => status === 'pending');
  if (open.length === 0) return waiting(work, work.request.names, retryAfterMs);
  const names = open.map(nameOf);
  const chosen = open.map((one) => challenges.choose(one, thumbprint));
  const known = new Set(work.handle().provisions.map(({ challengeUrl }) => challengeUrl));
  const added = chosen
    .map(({ provision }) => provision)
    .filter(({ challengeUrl }) => !known.has(challengeUrl));
  if (added.length > 0) work.save({ provisions: [...work.handle().provisions, ...added] });
  await challenges.putUp(work.handle().provisions, tools, note);
  const spread = await untilSpread(work);
  if (!spread.ready)
    return { kind: 'wait', sentence: spread.sentence, retryAfterMs: null, atLeastMs: spread.afterMs };
  const untold = chosen.filter(({ challenge }) => challenge.status === 'pending');
  await inGroups(untold, ({ challenge, provision }) =>
    work.accounts.post(challenge.url, {}, { asked: `the proof for ${provision.name}`, signal: tools.signal }),
  );
  const now = clock.now();
  work.save({ answeredAt: now, shown: spread.sentence, ...(answeredAt === null ? { progressAt: now } : {}) });
  return answeredAt === null ? { kind: 'went' } : waiting(work, names, retryAfterMs);
}

/** One that is still to come was noted by a clock that has been set back since: how long ago it was is not known. */
const isRecent = (moment: number, now: number): boolean => moment <= now && now - moment < tellAgainMs;

async function untilSpread({ clock, challenges, tools, handle }: Work): Promise<Spread> {
  const end = clock.monotonic() + sleptMs;
  for (;;) {
    const spread = await challenges.spread(handle().provisions, tools.signal);
    if (spread.ready || clock.monotonic() + spread.afterMs > end) return spread;
    await clock.sleep(spread.afterMs, tools.signal);
  }
}

/** Before anything stored is put up: it answers for a name of this order, with the account of now. */
function mustBeMadeHere({ client, request, handle }: Work, thumbprint: string): void {
  const other = handle().provisions.find(
    ({ name, keyAuthorization }) =>
      !isOrdered(identifierOf(name), request.names) || !isGivenBy(keyAuthorization, thumbprint),
  );
  if (other === undefined) return;
  throw new Failure(
    'acme.handle-damaged',
    `What is stored to prove control of ${other.name} to the CA ${client.ca} is not for this order or not from the present account key.`,
    {
      hint: 'It was not put up. Request the certificate again; the unfinished order costs nothing and expires at the CA.',
    },
  );
}

/** Control is proved of names that were asked for and no others: a script changes DNS by what this name says. */
function mustBeOurs({ client, request }: Work, { identifier }: Authorization): void {
  if (isOrdered(identifier, request.names)) return;
  throw new Failure(
    'acme.unexpected-answer',
    `The CA ${client.ca} asked for proof of control of ${peerTail(identifier.value, [], 100)}, which was not ordered.`,
    { hint: 'The challenge was not answered. Check that this is the right CA.', retry: 'never' },
  );
}

function waiting(
  work: Work,
  names: readonly string[],
  retryAfterMs: number | null,
): Acted & { kind: 'wait' } {
  const { shown } = work.handle();
  const validating = `The CA ${work.client.ca} is validating ${names.join(', ')}.`;
  return { kind: 'wait', sentence: shown === null ? validating : `${validating} ${shown}`, retryAfterMs };
}
