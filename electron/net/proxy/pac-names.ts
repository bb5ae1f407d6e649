import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '#kit/clock.ts';

/** Looked up again after a minute, as a PAC is asked for every request. */
const keptMs = 60_000;
const mostKept = 500;
/** In one question; a script that asks for more gets no answer for the rest. */
const mostMissing = 20;

interface Known {
  addresses: string[];
  until: number;
}

/**
 * Names for a script that cannot wait: what is not known yet is noted and answered with null. After `learn` the script
 * is asked again from the start.
 */
export interface NamesOfQuestion {
  resolve(name: string, all: boolean): string | null;
  /** Something was asked for that was not known: the answer of the script says nothing. */
  missed(): boolean;
  learn(): Promise<void>;
}

/** Keeps what was looked up; gives what one question to a script needs. */
export function makePacNames(clock: Clock, resolve = addressesOf): () => NamesOfQuestion {
  const known = new Map<string, Known>();
  return () => {
    const own = new Map<string, Known>();
    let missing = new Set<string>();
    const find = (name: string) => {
      const found = own.get(name) ?? known.get(name);
      return found !== undefined && (own.has(name) || found.until > clock.monotonic()) ? found : undefined;
    };
    const learnOne = async (name: string) => {
      const found = { addresses: await resolve(name), until: clock.monotonic() + keptMs };
      own.set(name, found);
      if (known.size >= mostKept) known.clear();
      known.set(name, found);
    };
    return {
      resolve(asked, all) {
        const name = asked.toLowerCase().slice(0, 255);
        const found = find(name);
        if (found === undefined) {
          if (own.size + missing.size < mostMissing) missing.add(name);
          return null;
        }
        if (all) return found.addresses.length === 0 ? null : found.addresses.join(';');
        return found.addresses.find((address) => isIP(address) === 4) ?? null;
      },
      missed: () => missing.size > 0,
      async learn() {
        const now = [...missing];
        missing = new Set();
        await Promise.all(now.map(learnOne));
      },
    };
  };
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/**
 * The address this machine goes out with. Asked for the way towards `host`, over which nothing is sent: a well-known
 * address outside, as others take, may be out of reach.
 */
export async function ownAddresses(host: string): Promise<string[]> {
  const towards = await addressTowards(host);
  const all = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
    .map(({ address }) => address);
  const found = [...new Set([...(towards === null ? [] : [towards]), ...all])];
  return found.length === 0 ? ['127.0.0.1'] : found;
}

async function addressTowards(host: string): Promise<string | null> {
  const [address] = isIP(host) === 0 ? await addressesOf(host) : [host];
  if (address === undefined) return null;
  return new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const end = (found: string | null) => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(null));
    socket.connect(9, address, () => end(socket.address().address));
  });
}

/** `isInNetEx`: is the address in `prefix/bits`? */
export function inNetwork(address: string, network: string): boolean {
  const [prefix = '', bits = ''] = network.split('/');
  const [of, within] = [isIP(address), isIP(prefix)];
  if (of === 0 || of !== within || !/^\d{1,3}$/.test(bits) || Number(bits) > (of === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(prefix, Number(bits), of === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, of === 6 ? 'ipv6' : 'ipv4');
}
