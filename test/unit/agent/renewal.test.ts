import { describe, expect, test } from 'vitest';
import {
  decideRenewal,
  type RenewalFacts,
  renewalBackOff,
  renewalFraction,
} from '../../../electron/agent/policies/renewal.ts';
import { spreadOf } from '../../../electron/agent/policies/spread.ts';

const day = 86_400_000;
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);

function facts(change: Partial<RenewalFacts> = {}): RenewalFacts {
  return {
    now: start,
    notBefore: start,
    notAfter: start + 90 * day,
    ari: null,
    failures: 0,
    lastFailedAt: null,
    spread: 0,
    ...change,
  };
}

describe('when to renew', () => {
  test('a 90-day certificate is renewed after two thirds of its life', () => {
    expect(decideRenewal(facts())).toMatchObject({ nextAt: start + 60 * day, because: 'fraction' });
  });

  test('a certificate of exactly 10 days is renewed after half of its life, one of 11 days after two thirds', () => {
    expect(renewalFraction(10 * day)).toBe(1 / 2);
    expect(renewalFraction(11 * day)).toBe(2 / 3);
    expect(decideRenewal(facts({ notAfter: start + 6 * day })).nextAt).toBe(start + 3 * day);
  });

  test('ten days that an authority dated back by an hour are ten days', () => {
    expect(renewalFraction(10 * day + hour)).toBe(1 / 2);
    expect(renewalFraction(10 * day + 3 * hour)).toBe(2 / 3);
  });

  test('the spread only ever makes it earlier, by at most 3 % of the lifetime', () => {
    const latest = decideRenewal(facts()).nextAt;
    const spread = decideRenewal(facts({ spread: 0.999 })).nextAt;
    expect(spread).toBeLessThan(latest);
    expect(latest - spread).toBeLessThanOrEqual(0.03 * 90 * day);
  });

  test('what has been revoked is renewed now, whatever ARI says, and waits only after a failure', () => {
    const ari = { start: start + 20 * day, end: start + 22 * day };
    const revoked = facts({ now: start + day, revoked: true, ari });
    expect(decideRenewal(revoked)).toMatchObject({ nextAt: start + day, because: 'revoked' });
    const failed = { ...revoked, failures: 1, lastFailedAt: start + day };
    expect(decideRenewal(failed)).toMatchObject({ nextAt: start + day + hour / 12, because: 'back-off' });
  });

  test('an earlier ARI window wins, a later one does not', () => {
    const early = { start: start + 20 * day, end: start + 22 * day };
    expect(decideRenewal(facts({ ari: early, spread: 0.5 }))).toMatchObject({
      nextAt: start + 21 * day,
      because: 'ari',
    });
    const late = { start: start + 80 * day, end: start + 85 * day };
    expect(decideRenewal(facts({ ari: late }))).toMatchObject({
      nextAt: start + 60 * day,
      because: 'fraction',
    });
  });

  test('an ARI window in the past means now: the CA revokes soon', () => {
    const past = { start: start - 2 * day, end: start - day };
    expect(decideRenewal(facts({ ari: past }))).toMatchObject({ nextAt: start, because: 'overdue' });
  });

  test('an ARI window that ends before it begins is its first moment', () => {
    const turned = { start: start + 20 * day, end: start + 10 * day };
    expect(decideRenewal(facts({ ari: turned, spread: 0.9 })).nextAt).toBe(start + 20 * day);
  });

  test('after a week of sleep past its time it is overdue and due now', () => {
    const now = start + 67 * day;
    expect(decideRenewal(facts({ now }))).toMatchObject({ nextAt: now, because: 'overdue' });
  });
});

describe('after a failed attempt', () => {
  const failedAt = start + 60 * day;

  test('each wait is the row of the table, and the last row repeats', () => {
    for (let failures = 1; failures <= renewalBackOff.length + 2; failures++) {
      const row = renewalBackOff[Math.min(failures, renewalBackOff.length) - 1];
      const decision = decideRenewal(facts({ now: failedAt, failures, lastFailedAt: failedAt }));
      expect(decision).toMatchObject({ nextAt: failedAt + (row?.afterMs ?? 0), because: 'back-off' });
    }
  });

  test('a wait never takes more than a quarter of what is left', () => {
    const notAfter = failedAt + 8 * hour;
    expect(
      decideRenewal(facts({ now: failedAt, notAfter, failures: 5, lastFailedAt: failedAt })).nextAt,
    ).toBe(failedAt + 2 * hour);
  });

  test('in its last minutes a certificate is tried once a minute and not all the time', () => {
    const notAfter = failedAt + 2 * 60_000;
    expect(
      decideRenewal(facts({ now: failedAt, notAfter, failures: 5, lastFailedAt: failedAt })).nextAt,
    ).toBe(failedAt + 60_000);
  });

  test('an expired certificate is still tried, once an hour at the latest', () => {
    const decision = decideRenewal(
      facts({ now: failedAt, notAfter: failedAt - day, failures: 9, lastFailedAt: failedAt }),
    );
    expect(decision.nextAt).toBe(failedAt + hour);
    expect(decision.sentence).toContain('expired');
  });
});

describe('after a person rejected or cancelled it', () => {
  const rejectedAt = start + 60 * day;
  const rejected = (change: Partial<RenewalFacts>) =>
    decideRenewal(facts({ now: rejectedAt, failures: 1, lastFailedAt: rejectedAt, saidNo: true, ...change }));

  test('it is proposed again after a day, however often that happens, and the sentence says so', () => {
    for (const failures of [1, 2, 9]) {
      const decision = rejected({ failures });
      expect(decision).toMatchObject({ nextAt: rejectedAt + day, because: 'back-off' });
      expect(decision.sentence).toMatch(/A person rejected the plan; .* after 24 hours; 30 days of lifetime/);
    }
  });

  test('it is proposed earlier when less than four days are left, and every hour once it has expired', () => {
    expect(rejected({ notAfter: rejectedAt + 2 * day }).nextAt).toBe(rejectedAt + day / 2);
    expect(rejected({ notAfter: rejectedAt - day }).nextAt).toBe(rejectedAt + hour);
  });
});

describe('the spread', () => {
  test('it is the same for the same node and certificate and differs between nodes and certificates', () => {
    expect(spreadOf('node_a', 'f')).toBe(spreadOf('node_a', 'f'));
    expect(spreadOf('node_a', 'f')).not.toBe(spreadOf('node_b', 'f'));
    expect(spreadOf('node_a', 'f')).not.toBe(spreadOf('node_a', 'g'));
  });

  test('it is even: a thousand nodes fill every tenth', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let at = 0; at < 1000; at++) {
      const tenth = Math.floor(spreadOf(`node_${at}`, 'x') * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(60);
  });
});
