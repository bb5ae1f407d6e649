/**
 * The attack: a zone that an alias leads to belongs to somebody else, who answers with thousands of name servers, each of
 * thousands of addresses, so that the agent asks them all, again and again.
 */
import { expect, test } from 'vitest';
import type { Dns } from '../../electron/net/dns.ts';
import { placeOfRecord } from '../../electron/providers/authorities/acme/dns-place.ts';
import { shownAtServers } from '../../electron/providers/authorities/acme/dns-shown.ts';

const { signal } = new AbortController();
const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i));

/** Counts what it is asked, and answers with as much as fits into a message. */
function floodingDns() {
  let asked = 0;
  const values: Record<Parameters<Dns['ask']>[0], string[]> = {
    SOA: ['ns.evil.example'],
    NS: many(3000, (i) => `ns${i}.evil.example`),
    A: many(4000, (i) => `10.0.${i >> 8}.${i & 255}`),
    AAAA: many(2000, (i) => `fd00::${i.toString(16)}`),
    CNAME: [],
    TXT: ['value'],
  };
  const dns: Dns = {
    async ask(type) {
      asked += 1;
      return { answered: true, values: values[type] };
    },
  };
  return { dns, asked: () => asked };
}

test('of thousands of name servers a few are asked, and that is said', async () => {
  const { dns, asked } = floodingDns();
  const place = await placeOfRecord(dns, '_acme-challenge.shop.example', signal);
  const shown = await shownAtServers(dns, place, new Set(['value']), signal);
  expect(asked()).toBeLessThan(400);
  expect(shown.state).toBe('shown');
  expect(shown.sentence).toMatch(/^.{1,1500} 2984 more that the zone names were not asked\.$/);
});
