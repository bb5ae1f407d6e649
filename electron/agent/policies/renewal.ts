import type { Renewal } from '#shared/model/renewal.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What the decision is made from. Times in epoch milliseconds. @internal */
export interface RenewalFacts {
  now: number;
  notBefore: number;
  notAfter: number;
  ari: { start: number; end: number } | null;
  /** Failed attempts in a row, and when the last one ended. */
  failures: number;
  lastFailedAt: number | null;
  /** 0 ≤ spread < 1, the same for the same certificate each time: where within its window this node renews. */
  spread: number;
  /** It is known to be revoked. Default: it is not. */
  revoked?: boolean;
  /** The last attempt did not fail: a person rejected or cancelled it, and is not to be asked again within minutes. */
  saidNo?: boolean;
}

type RenewalDecision = Pick<Renewal, 'nextAt' | 'because' | 'sentence'>;

/** Waits after a failed renewal, with the reason for each. The last one repeats. @internal */
export const renewalBackOff: readonly { afterMs: number; because: string }[] = [
  { afterMs: 5 * minute, because: 'a brief network problem or a restart is over by then' },
  { afterMs: 30 * minute, because: 'a short outage of the authority or the endpoint is over by then' },
  { afterMs: 2 * hour, because: 'someone may have noticed and fixed it' },
  { afterMs: 6 * hour, because: 'rate limits of authorities count failed attempts by the hour' },
  { afterMs: 12 * hour, because: 'twice a day keeps within every known rate limit' },
];

const saidNoBackOff = { afterMs: day, because: 'a rejection holds for a day' };

/** Authorities date certificates back by up to an hour or so: ten days meant are ten days. */
const backdatingMs = 2 * hour;

/** Share of the lifetime after which to renew: two thirds, or half for certificates of 10 days or less. @internal */
export function renewalFraction(lifetimeMs: number): number {
  return lifetimeMs <= 10 * day + backdatingMs ? 1 / 2 : 2 / 3;
}

/**
 * When to renew next, and why. Pure. Never later than the share of lifetime says, earlier when the CA's ARI window
 * says so, now when it has been revoked; after a failure the back-off table, cut to a quarter of what is left so that no wait reaches expiry.
 */
export function decideRenewal(facts: RenewalFacts): RenewalDecision {
  if (facts.failures > 0 && facts.lastFailedAt !== null) return afterFailure(facts, facts.lastFailedAt);
  if (facts.revoked) return afterRevocation(facts);
  const byFraction = fractionTime(facts);
  const byAri =
    facts.ari === null ? null : facts.ari.start + facts.spread * Math.max(0, facts.ari.end - facts.ari.start);
  const ariIsFirst = byAri !== null && byAri < byFraction;
  const at = Math.round(ariIsFirst ? byAri : byFraction);
  if (at <= facts.now - hour)
    return {
      nextAt: facts.now,
      because: 'overdue',
      sentence: `Should have been renewed ${span(facts.now - at)} ago.`,
    };
  return ariIsFirst
    ? {
        nextAt: at,
        because: 'ari',
        sentence: 'The authority suggests renewal within this window (ARI).',
      }
    : { nextAt: at, because: 'fraction', sentence: fractionSentence(facts) };
}

function afterRevocation({ now }: RenewalFacts): RenewalDecision {
  const sentence = 'The certificate has been revoked, so it is renewed without waiting for its expiry.';
  return { nextAt: now, because: 'revoked', sentence };
}

/** Renewing early by up to 3 % of the lifetime spreads the load of many certificates made together. */
function fractionTime(facts: RenewalFacts): number {
  const lifetime = facts.notAfter - facts.notBefore;
  return facts.notBefore + lifetime * (renewalFraction(lifetime) - 0.03 * facts.spread);
}

function fractionSentence(facts: RenewalFacts): string {
  const short = renewalFraction(facts.notAfter - facts.notBefore) === 1 / 2;
  return short
    ? 'Renewed after half of its lifetime, because it is valid for 10 days or less.'
    : 'Renewed after two thirds of its lifetime.';
}

function afterFailure(facts: RenewalFacts, lastFailedAt: number): RenewalDecision {
  const row = facts.saidNo
    ? saidNoBackOff
    : renewalBackOff[Math.min(facts.failures, renewalBackOff.length) - 1];
  const requested = row?.afterMs ?? 12 * hour;
  const left = facts.notAfter - lastFailedAt;
  const wait = left <= 0 ? Math.min(requested, hour) : Math.max(minute, Math.min(requested, left / 4));
  const tries = facts.failures === 1 ? 'One attempt' : `${facts.failures} attempts in a row`;
  const life = left <= 0 ? 'the certificate has expired' : `${span(left)} of lifetime were left`;
  if (facts.saidNo)
    return {
      nextAt: Math.round(lastFailedAt + wait),
      because: 'back-off',
      sentence: `A person rejected the plan; it will be proposed again after ${span(wait)}; ${life}.`,
    };
  return {
    nextAt: Math.round(lastFailedAt + wait),
    because: 'back-off',
    sentence: `${tries} failed; the next is after ${span(wait)} (${row?.because ?? 'twice a day'}); ${life}.`,
  };
}

/** `3 days`, `5 hours`, `20 minutes`: for sentences. */
export function span(ms: number): string {
  const [value, unit] =
    ms >= 2 * day
      ? [Math.floor(ms / day), 'day']
      : ms >= 2 * hour
        ? [Math.floor(ms / hour), 'hour']
        : [Math.max(1, Math.round(ms / minute)), 'minute'];
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}
