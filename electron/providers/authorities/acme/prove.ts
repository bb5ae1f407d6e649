import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { fetchAuthorization, inGroups } from './authorizations.ts';
import { nameOf } from './challenges.ts';
import type { Provision } from './handle.ts';
import { identifiersOf } from './identifiers.ts';
import { refusedAuthorizations } from './refused.ts';
import type { AcmeOrder, Authorization, Identifier } from './wire.ts';
import type { Acted, Work } from './work.ts';

/** While a CA validates it is not told again; after this long it may have missed it. */
const tellAgainMs = 60_000;
/** Propagation waits up to this are slept, longer ones are given back to the caller. */
const sleptMs = 2000;

/** Proves control of every name that still needs it: puts the answers up, waits for them to spread, tells the CA. */
export async function prove(work: Work, order: AcmeOrder, retryAfterMs: number | null): Promise<Acted> {
  const { clock, challenges, tools } = work;
  const note = (provisions: Provision[]) => work.save({ provisions });
  const { answeredAt } = work.handle();
  if (answeredAt !== null && clock.now() - answeredAt < tellAgainMs) {
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
  const { thumbprint } = await work.accounts.get(tools.signal);
  const chosen = open.map((one) => challenges.choose(one, thumbprint));
  const known = new Set(work.handle().provisions.map(({ challengeUrl }) => challengeUrl));
  const added = chosen
    .map(({ provision }) => provision)
    .filter(({ challengeUrl }) => !known.has(challengeUrl));
  if (added.length > 0) work.save({ provisions: [...work.handle().provisions, ...added] });
  await challenges.putUp(work.handle().provisions, tools, note);
  const spreading = challenges.readyAt(work.handle().provisions) - clock.now();
  if (spreading > sleptMs) return { ...waiting(work, names, null, 'to spread'), atLeastMs: spreading };
  if (spreading > 0) await clock.sleep(spreading, tools.signal);
  const untold = chosen.filter(({ challenge }) => challenge.status === 'pending');
  await inGroups(untold, ({ challenge, provision }) =>
    work.accounts.post(challenge.url, {}, { asked: `the proof for ${provision.name}`, signal: tools.signal }),
  );
  const now = clock.now();
  work.save({ answeredAt: now, ...(answeredAt === null ? { progressAt: now } : {}) });
  return answeredAt === null ? { kind: 'went' } : waiting(work, names, retryAfterMs);
}

/** Control is proved of names that were asked for and no others: a script changes DNS by what this name says. */
function mustBeOurs({ client, request }: Work, { identifier }: Authorization): void {
  const named = ({ type, value }: Identifier) => `${type}:${value.toLowerCase().replace(/^\*\./, '')}`;
  if (identifiersOf(request.names).map(named).includes(named(identifier))) return;
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
  what: 'validated' | 'to spread' = 'validated',
): Acted & { kind: 'wait' } {
  const list = names.join(', ');
  const sentence =
    what === 'validated'
      ? `The CA ${work.client.ca} is validating ${list}.`
      : `Waiting for the DNS records for ${list} to spread.`;
  return { kind: 'wait', sentence, retryAfterMs };
}
