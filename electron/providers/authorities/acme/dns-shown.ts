import { peerTail } from '#kit/redact.ts';
import type { Dns, DnsAnswer } from '../../../net/dns.ts';
import type { NameServer, RecordPlace } from './dns-place.ts';

/**
 * What the name servers of a record answered. `shown`: everyone that answered has every value; `missing`: one that answered
 * has not; `unknown`: none answered, or none is known.
 */
export interface Shown {
  state: 'shown' | 'missing' | 'unknown';
  /** What was asked and what each answered, as a sentence. */
  sentence: string;
}

/** Names of servers come from the DNS, and sentences are read by people: so many in one, and so long. */
const most = { servers: 8, name: 100 };

/** Asks every authoritative server at once, each by itself: a resolver would answer for any of them. */
export async function shownAtServers(
  dns: Dns,
  place: RecordPlace,
  values: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Shown> {
  const answers = await Promise.all(
    place.servers.map(async (server) => ({
      server,
      answer: await dns.ask('TXT', place.name, server.address, signal),
    })),
  );
  const told = answers.filter(({ answer }) => answer.answered);
  const sentence = sentenceOf(place, answers, values);
  if (told.length === 0) return { state: 'unknown', sentence };
  return { state: told.every(({ answer }) => has(answer, values)) ? 'shown' : 'missing', sentence };
}

/** As the resolvers of this machine answer, who may hold an older answer for a while. */
export async function shownByResolvers(
  dns: Dns,
  { name }: RecordPlace,
  values: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<boolean> {
  return has(await dns.ask('TXT', name, null, signal), values);
}

function has(answer: DnsAnswer, values: ReadonlySet<string>): boolean {
  return answer.answered && [...values].every((value) => answer.values.includes(value));
}

function sentenceOf(
  { name, zone, servers, unasked }: RecordPlace,
  answers: readonly { server: NameServer; answer: DnsAnswer }[],
  values: ReadonlySet<string>,
): string {
  const record = clean(name);
  if (zone === null) return `The resolver of this machine names no zone for ${record}.`;
  if (servers.length === 0)
    return `The resolver of this machine names no ${unasked > 0 ? 'address of the name servers of' : 'name servers for'} the zone ${clean(zone)}.`;
  const each = answers
    .slice(0, most.servers)
    .map(({ server, answer }) => `${clean(server.host)} (${server.address}) ${told(answer, values)}`);
  const more = answers.length > most.servers ? [`and ${answers.length - most.servers} more were asked`] : [];
  const rest = unasked > 0 ? ` ${unasked} more that the zone names were not asked.` : '';
  return `The name servers of ${clean(zone)} were asked for the record ${record}: ${[...each, ...more].join(', ')}.${rest}`;
}

function told(answer: DnsAnswer, values: ReadonlySet<string>): string {
  if (!answer.answered) return answer.because;
  if (has(answer, values)) return 'shows it';
  return answer.values.length === 0 ? 'has none' : 'has another value';
}

function clean(name: string): string {
  return peerTail(name.replace(/[^\x21-\x7e]/g, '?'), [], most.name);
}
