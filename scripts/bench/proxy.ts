import { connect, createServer, type Socket } from 'node:net';
import { makeProxyTools } from '#test/make/proxy.ts';
import { startOddProxy } from '#test/servers/odd-proxy.ts';
import { startOrigin } from '#test/servers/plain-origin.ts';
import { haveSquid, startSquid } from '#test/servers/squid.ts';
import { openTunnel } from '../../electron/net/proxy/tunnel.ts';
import { type Figure, median, ms, range, time } from './measure.ts';

const oneWayMs = 20;
const pairs = 25;
const password = 'p@ss:wörd';

/** What a login with NTLM adds to a CONNECT, over a way as long as one to a proxy in another town. */
export async function connectThroughNtlm(): Promise<Figure[]> {
  const origin = await startOrigin();
  const strict = await startOddProxy({ offer: ['ntlm'], users: { 'CORP\\bob': password } });
  const open = await startOddProxy({ offer: [] });
  const squid = haveSquid() ? await startSquid({ auth: 'ntlm' }) : null;
  const servers = [strict, open, ...(squid === null ? [] : [squid])];
  const ways = await Promise.all(servers.map((server) => startSlowWay(server.port)));
  const [toStrict, toOpen, toSquid] = ways;
  try {
    if (toStrict === undefined || toOpen === undefined) throw new Error('no way');
    const login = makeProxyTools({ user: 'bob', domain: 'CORP', password });
    const nobody = makeProxyTools(null);
    const tunnel = async (port: number, { tools }: typeof login) =>
      (
        await openTunnel(
          { host: '127.0.0.1', port, tls: false },
          { host: '127.0.0.1', port: origin.port },
          tools,
        )
      ).destroy();
    const runs: Record<'ntlm' | 'plain' | 'squid', number[]> = { ntlm: [], plain: [], squid: [] };
    for (let run = -2; run < pairs; run++) {
      const keep = (list: number[], value: number) => run >= 0 && list.push(value);
      keep(runs.plain, await time(() => tunnel(toOpen.port, nobody)));
      keep(runs.ntlm, await time(() => tunnel(toStrict.port, login)));
      if (toSquid !== undefined) keep(runs.squid, await time(() => tunnel(toSquid.port, login)));
    }
    const trip = 2 * oneWayMs;
    const ratio = median(runs.ntlm) / (3 * trip);
    const requests = strict.requests.length / strict.connections();
    const extra = median(runs.ntlm.map((value, at) => value - (runs.plain[at] ?? 0)));
    const real = runs.squid.length === 0 ? '' : `; through Squid ${ms(median(runs.squid))}`;
    return [
      {
        what: 'CONNECT with an NTLM login, 40 ms there and back',
        figure: `${ratio.toFixed(3)} of three round trips (${ms(median(runs.ntlm))}, ${range(runs.ntlm)}; ${requests} requests a connection; without a login ${ms(median(runs.plain))}, ${(median(runs.plain) / (2 * trip)).toFixed(3)} of two; the login adds ${ms(extra)}${real})`,
        goal: '≤ 1.10 of TCP connect + first + third message, nothing more',
        met: ratio <= 1.1 && requests === 2,
        method: `${pairs} alternating runs, medians; a proxy that checks the NTLMv2 proof and the MIC, one that asks for no login, and Squid with its own NTLM helper. Between us and each stands a relay that holds every byte ${oneWayMs} ms each way, and the first one a whole round trip longer, as long as the TCP handshake would have taken.`,
      },
    ];
  } finally {
    for (const way of ways) way.stop();
    for (const server of [...servers, origin]) await server.stop();
  }
}

/** A relay as slow as a long way: in order, each byte `oneWayMs` later, and a connection a round trip later. */
async function startSlowWay(target: number): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (inner) => {
    const outer = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const ready = performance.now() + 2 * oneWayMs;
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (part: Buffer) => {
        const at = Math.max(performance.now(), ready) + oneWayMs;
        setTimeout(() => to.write(part), at - performance.now());
      });
      from.on('error', () => {});
      from.on('close', () => setTimeout(() => to.destroy(), oneWayMs));
    };
    carry(inner, outer);
    carry(outer, inner);
    for (const socket of [inner, outer]) sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
