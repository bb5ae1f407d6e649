import { Resolver } from 'node:dns/promises';

/** Kinds of records that are asked for. */
type RecordType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'SOA' | 'TXT';

export type DnsAnswer =
  /** Values as text, the parts of a TXT value joined; empty: it answered that there is none (RFC 2308: no data, or no name). */
  | { answered: true; values: string[] }
  /** No answer to go by. `because` completes "<server> …". */
  | { answered: false; because: string };

export interface Dns {
  /**
   * Asks once, by UDP or TCP, and keeps nothing. `at`: IP address of the one server to ask, at the port of name servers;
   * null: the resolvers of this machine. Rejects with the signal's reason when aborted, never otherwise; takes at most
   * about five seconds. Safe concurrently.
   */
  ask(type: RecordType, name: string, at: string | null, signal: AbortSignal): Promise<DnsAnswer>;
}

interface DnsOptions {
  /** `address:port` of the servers to ask instead of the resolvers of this machine. */
  resolvers?: readonly string[];
  /** Port of name servers. Default: 53. */
  port?: number;
}

/** A lost packet costs one of these, and is sent once more; a server on the other side of the earth answers in a third of it. */
const patience = { timeout: 1500, tries: 2 };

const silent: Readonly<Record<string, string>> = {
  ETIMEOUT: 'did not answer in time',
  ECONNREFUSED: 'could not be reached',
  EREFUSED: 'refused to answer',
  ESERVFAIL: 'reported a failure of its own',
  ENOTIMP: 'does not answer such questions',
};
const empty: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);

export function makeDns({ resolvers, port = 53 }: DnsOptions = {}): Dns {
  return {
    async ask(type, name, at, signal) {
      signal.throwIfAborted();
      const resolver = new Resolver(patience);
      if (at !== null) resolver.setServers([at.includes(':') ? `[${at}]:${port}` : `${at}:${port}`]);
      else if (resolvers !== undefined) resolver.setServers(resolvers);
      const cancel = () => resolver.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return { answered: true, values: await valuesOf(resolver, type, name) };
      } catch (thrown) {
        signal.throwIfAborted();
        const code = (thrown as NodeJS.ErrnoException).code ?? '';
        if (empty.has(code)) return { answered: true, values: [] };
        return { answered: false, because: silent[code] ?? `gave no usable answer (${code})` };
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

async function valuesOf(resolver: Resolver, type: RecordType, name: string): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'SOA':
      return [(await resolver.resolveSoa(name)).nsname];
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  }
}
