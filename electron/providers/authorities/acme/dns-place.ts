import { Failure } from '#shared/failure.ts';
import type { Dns } from '../../../net/dns.ts';

/** One address of a name server. */
export interface NameServer {
  host: string;
  address: string;
}

/** Where a record is kept that a CA asks for. */
export interface RecordPlace {
  /** The end of its aliases (RFC 1034 3.6.2): what the CA is led to. */
  name: string;
  /** Whose SOA record there is; null: none was found from here. */
  zone: string | null;
  /** Addresses of the name servers that the zone names, of both families; empty: none is known here. */
  servers: NameServer[];
  /** How many name servers of the zone are not among these: there were too many, or no address of theirs is known here. */
  unasked: number;
}

/** Name servers of a zone, and addresses of one of each family: real zones have up to 13, and answers may have thousands. */
const most = { hosts: 16, addresses: 4 };

/** Aliases that lead to aliases: resolvers give up about there. */
const mostAliases = 8;

/**
 * Finds the zone of a record and its authoritative servers, with the resolvers of this machine. An alias is asked for at
 * its own authoritative servers, since a resolver may still hold that there was none. Rejects with `acme.dns-alias-loop`.
 */
export async function placeOfRecord(dns: Dns, record: string, signal: AbortSignal): Promise<RecordPlace> {
  let name = record;
  for (let aliases = 0; aliases <= mostAliases; aliases++) {
    const zone = await zoneOf(dns, name, signal);
    const found = zone === null ? { servers: [], unasked: 0 } : await serversOf(dns, zone, signal);
    const alias = await aliasOf(dns, name, found.servers, signal);
    if (alias === null) return { name, zone, ...found };
    name = alias;
  }
  throw new Failure(
    'acme.dns-alias-loop',
    `The DNS record ${record} leads through more than ${mostAliases} aliases (CNAME).`,
    { hint: 'Let the alias lead directly to the record that the script sets.' },
  );
}

/** The longest end of the name that has a SOA record; null when there is none, or the resolvers do not answer. */
async function zoneOf(dns: Dns, name: string, signal: AbortSignal): Promise<string | null> {
  const labels = name.split('.');
  for (let from = 0; from < labels.length; from++) {
    const zone = labels.slice(from).join('.');
    const answer = await dns.ask('SOA', zone, null, signal);
    if (!answer.answered) return null;
    if (answer.values.length > 0) return zone;
  }
  return null;
}

async function serversOf(
  dns: Dns,
  zone: string,
  signal: AbortSignal,
): Promise<Pick<RecordPlace, 'servers' | 'unasked'>> {
  const names = await dns.ask('NS', zone, null, signal);
  const hosts = names.answered ? names.values.toSorted() : [];
  const each = await Promise.all(
    hosts.slice(0, most.hosts).map(async (host) => {
      const answers = await Promise.all([
        dns.ask('A', host, null, signal),
        dns.ask('AAAA', host, null, signal),
      ]);
      return answers.flatMap((answer) =>
        answer.answered ? answer.values.slice(0, most.addresses).map((address) => ({ host, address })) : [],
      );
    }),
  );
  const asked = each.filter((addresses) => addresses.length > 0).length;
  return { servers: each.flat(), unasked: hosts.length - asked };
}

/** As the first of the servers says that answers, else the resolvers of this machine; null: it is none. */
async function aliasOf(
  dns: Dns,
  name: string,
  servers: readonly NameServer[],
  signal: AbortSignal,
): Promise<string | null> {
  const answers = await Promise.all(servers.map(({ address }) => dns.ask('CNAME', name, address, signal)));
  const first = answers.find(({ answered }) => answered) ?? (await dns.ask('CNAME', name, null, signal));
  return first.answered ? (first.values[0] ?? null) : null;
}
