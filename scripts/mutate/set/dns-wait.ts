import { judgedBy, type Mutation } from '../mutation.ts';

const spread = 'electron/providers/authorities/acme/spread.ts';
const shown = 'electron/providers/authorities/acme/dns-shown.ts';
const place = 'electron/providers/authorities/acme/dns-place.ts';

/** When a CA may be told that a DNS record is there: who is asked, and how long is waited for whom. */
export const dnsWaitMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/providers/authorities/acme/spread.test.ts'],
    [
      {
        breaks: 'one of several name servers that shows the record is enough',
        file: shown,
        find: 'told.every(({ answer }) => has(answer, values))',
        put: 'told.some(({ answer }) => has(answer, values))',
      },
      {
        breaks: 'any value of the record counts as the new one',
        file: shown,
        find: '[...values].every((value) => answer.values.includes(value))',
        put: 'answer.values.length > 0',
      },
      {
        breaks: 'of a name and its wildcard one value is enough',
        file: shown,
        find: '[...values].every((value) =>',
        put: '[...values].some((value) =>',
      },
      {
        breaks: 'a name server that does not answer holds up the order',
        file: shown,
        find: 'told.every(({ answer }) => has(answer, values))',
        put: 'answers.every(({ answer }) => has(answer, values))',
      },
      {
        breaks: 'the record counts as shown where no name server answers',
        file: shown,
        find: "  if (told.length === 0) return { state: 'unknown', sentence };\n",
        put: '',
      },
      {
        breaks: 'a resolver is asked in place of each name server',
        file: shown,
        find: "await dns.ask('TXT', place.name, server.address, signal)",
        put: "await dns.ask('TXT', place.name, null, signal)",
      },
      {
        breaks: 'a resolver that does not answer shows the record',
        file: shown,
        find: 'return answer.answered && [',
        put: 'return !answer.answered || [',
      },
      {
        breaks: 'an alias of the record is not followed',
        file: place,
        find: 'if (alias === null) return',
        put: 'if (alias !== undefined) return',
      },
      {
        breaks: 'a record behind one alias counts as a circle',
        file: place,
        find: 'const mostAliases = 8;',
        put: 'const mostAliases = 0;',
      },
      {
        breaks: 'only the first name server of a zone is asked',
        file: place,
        find: 'hosts.slice(0, most.hosts)',
        put: 'hosts.slice(0, 1)',
      },
      {
        breaks: 'thousands of name servers that an answer names are asked',
        file: place,
        find: 'hosts.slice(0, most.hosts)',
        put: 'hosts',
      },
      {
        breaks: 'name servers that have IPv6 alone are not asked',
        file: place,
        find: "        dns.ask('AAAA', host, null, signal),\n",
        put: '',
      },
      {
        breaks: 'a record that never reaches a name server is waited for without end',
        file: spread,
        find: 'if (left <= 0) throw notShown(',
        put: 'if (left < -1e12) throw notShown(',
      },
      {
        breaks: 'the CA is told of a record that has not reached all name servers in time',
        file: spread,
        find: 'if (left <= 0) throw notShown(wanted, waitSeconds, shown);',
        put: 'if (left <= 0) return { ready: true, sentence: shown.sentence };',
      },
      {
        breaks: 'a name server that is behind ends the order without a wait',
        file: spread,
        find: 'if (left <= 0) throw notShown(',
        put: 'if (left > 0) throw notShown(',
      },
      {
        breaks: 'the fixed time is not waited where no name server answers',
        file: spread,
        find: 'return this.#fixed(wanted, propagationSeconds, shown.sentence);',
        put: 'return { ready: true, sentence: shown.sentence };',
      },
      {
        breaks: 'the wait is measured by the wall clock',
        file: spread,
        find: 'return known.agedMs + at - known.at;',
        put: 'return clock.now() - addedAt;',
      },
      {
        breaks: 'a record that seems to be added later is waited for until then',
        file: spread,
        find: 'Math.max(0, clock.now() - addedAt)',
        put: 'clock.now() - addedAt',
      },
      {
        breaks: 'name servers of an earlier order are asked',
        file: spread,
        find: 'known?.addedAt === addedAt ? known.place',
        put: 'known !== undefined ? known.place',
      },
      {
        breaks: 'one of several records that is shown is enough for the CA',
        file: spread,
        find: 'if (open.length === 0) return { ready: true, sentence };',
        put: 'if (open.length < states.length) return { ready: true, sentence };',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/net/dns.test.ts'],
    [
      {
        breaks: 'a name server that has a failure answers that there is no record',
        file: 'electron/net/dns.ts',
        find: "new Set(['ENODATA', 'ENOTFOUND'])",
        put: "new Set(['ENODATA', 'ENOTFOUND', 'ESERVFAIL'])",
      },
    ],
  ),
];
