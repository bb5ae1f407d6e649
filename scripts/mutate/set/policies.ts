import { judgedBy, type Mutation } from '../mutation.ts';

const renewal = 'electron/agent/policies/renewal.ts';
const retry = 'electron/agent/tasks/retry.ts';

/** What decides when: renewals, their spread, and what is tried again. */
export const policyMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/renewal.test.ts'],
    [
      {
        breaks: 'a back-dated certificate of ten days is taken for a long one',
        file: renewal,
        find: '10 * day + backdatingMs',
        put: '10 * day',
      },
      {
        breaks: 'short certificates wait two thirds of their life too',
        file: renewal,
        find: '? 1 / 2 : 2 / 3;',
        put: '? 2 / 3 : 2 / 3;',
      },
      {
        breaks: 'an ARI window later than the share of life delays the renewal',
        file: renewal,
        find: 'byAri !== null && byAri < byFraction',
        put: 'byAri !== null',
      },
      {
        breaks: 'ARI is ignored',
        file: renewal,
        find: 'byAri !== null && byAri < byFraction',
        put: 'false as boolean && byAri !== null',
      },
      {
        breaks: 'everybody renews at the first moment of the ARI window',
        file: renewal,
        find: 'facts.ari.start + facts.spread * Math.max(0, facts.ari.end - facts.ari.start)',
        put: 'facts.ari.start',
      },
      {
        breaks: 'an ARI window that ends before it begins moves the time back',
        file: renewal,
        find: 'facts.spread * Math.max(0, facts.ari.end - facts.ari.start)',
        put: 'facts.spread * (facts.ari.end - facts.ari.start)',
      },
      {
        breaks: 'what is overdue is not renewed now',
        file: renewal,
        find: 'nextAt: facts.now,',
        put: 'nextAt: at,',
      },
      {
        breaks: 'the spread makes a renewal later than the share of life',
        file: renewal,
        find: '- 0.03 * facts.spread',
        put: '+ 0.03 * facts.spread',
      },
      {
        breaks: 'the spread does nothing',
        file: renewal,
        find: '- 0.03 * facts.spread',
        put: '- 0 * facts.spread',
      },
      {
        breaks: 'a back-off waits past the expiry',
        file: renewal,
        find: 'Math.min(requested, left / 4)',
        put: 'requested',
      },
      {
        breaks: 'the back-off of an expired certificate may take half a day',
        file: renewal,
        find: 'Math.min(requested, hour)',
        put: 'requested',
      },
      {
        breaks: 'near the expiry the back-off has no least wait',
        file: renewal,
        find: 'Math.max(minute, Math.min(requested, left / 4))',
        put: 'Math.min(requested, left / 4)',
      },
      {
        breaks: 'the back-off never grows',
        file: renewal,
        find: 'Math.min(facts.failures, renewalBackOff.length) - 1',
        put: '0',
      },
      {
        breaks: 'the back-off runs out of its table',
        file: renewal,
        find: 'Math.min(facts.failures, renewalBackOff.length) - 1',
        put: 'facts.failures',
      },
      {
        breaks: 'a failed attempt is forgotten',
        file: renewal,
        find: 'facts.failures > 0 && facts.lastFailedAt !== null',
        put: 'facts.failures < 0 && facts.lastFailedAt !== null',
      },
      {
        breaks: 'a person who rejected a plan is asked again within minutes',
        file: renewal,
        find: 'const row = facts.saidNo\n',
        put: 'const row = facts.saidNo && facts.failures < 0\n',
      },
      {
        breaks: 'a rejection is told as a failed attempt',
        file: renewal,
        find: '  if (facts.saidNo)\n',
        put: '  if (facts.saidNo && facts.failures < 0)\n',
      },
      {
        breaks: 'the spread is the same for every certificate of a node',
        file: 'electron/agent/policies/spread.ts',
        find: '`${nodeId}/${fingerprint}`',
        put: 'nodeId',
      },
      {
        breaks: 'the spread is the same for every node of a certificate',
        file: 'electron/agent/policies/spread.ts',
        find: '`${nodeId}/${fingerprint}`',
        put: 'fingerprint',
      },
      {
        breaks: 'the spread reaches beyond one',
        file: 'electron/agent/policies/spread.ts',
        find: '2 ** 32',
        put: '2 ** 31',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/retry.test.ts'],
    [
      {
        breaks: 'what is never to be tried again is',
        file: retry,
        find: "failure.retry === 'never' || ",
        put: '',
      },
      {
        breaks: 'what needs a person is tried again by itself',
        file: retry,
        find: " || failure.retry === 'needs-person'",
        put: '',
      },
      {
        breaks: 'the first wait of the table is left out',
        file: retry,
        find: 'table[attempt - 1]',
        put: 'table[attempt]',
      },
      {
        breaks: 'the last wait repeats for ever where it must not',
        file: retry,
        find: '(lastRepeats ? table.at(-1) : undefined)',
        put: 'table.at(-1)',
      },
      {
        breaks: 'the last wait never repeats',
        file: retry,
        find: '(lastRepeats ? table.at(-1) : undefined)',
        put: 'undefined',
      },
      {
        breaks: 'the peer is asked again before the time it named',
        file: retry,
        find: 'Math.max(row.afterMs, failure.retryAt - now)',
        put: 'row.afterMs',
      },
      {
        breaks: 'a peer that names a moment gone by is asked at once, over and over',
        file: retry,
        find: 'Math.max(row.afterMs, failure.retryAt - now)',
        put: 'failure.retryAt - now',
      },
    ],
  ),
];
