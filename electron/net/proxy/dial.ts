import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { codeOf, type Peer } from '../failures.ts';
import { isUntrusted, quickTrust, wholeTrust } from '../tls-trust.ts';
import { withDeadline } from './deadline.ts';
import { placeOf, unreachable } from './failures.ts';
import type { ProxyPlace } from './place.ts';
import type { ProxyTools } from './tools.ts';

/** A proxy that is up answers a connection at once; what is silent this long is behind a firewall or down. */
const dialMs = 10_000;

/**
 * A connection to the proxy within 10 s: TCP, and TLS that this machine trusts when the place says so. Notes that it
 * stands. Rejects with `proxy.unreachable`, `proxy.tls-failed`, or the signal's reason.
 */
export async function dialInTime(
  proxy: ProxyPlace,
  { clock, note }: ProxyTools,
  signal: AbortSignal,
): Promise<Socket> {
  const late = () => unreachable(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }), proxy);
  const socket = await withDeadline(clock, dialMs, signal, late, (inner) => dial(proxy, inner));
  const how = proxy.tls ? 'TLS connections' : 'connections';
  note?.({ name: 'proxy', ok: true, sentence: `The proxy ${placeOf(proxy)} accepts ${how}.` });
  return socket;
}

async function dial(proxy: ProxyPlace, signal: AbortSignal): Promise<Socket> {
  try {
    if (!proxy.tls) return await openTcp(proxy, signal);
    try {
      return await openTls(proxy, { secureContext: quickTrust(null) }, signal);
    } catch (thrown) {
      if (!isUntrusted(codeOf(thrown))) throw thrown;
      return await openTls(proxy, { secureContext: wholeTrust(null) }, signal);
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(thrown, proxy);
  }
}

/** A line for HTTP. Rejects with what the socket threw, or the reason of the signal; leaves nothing open then. */
export function openTcp({ host, port }: Peer, signal: AbortSignal): Promise<Socket> {
  return opened(connect({ host, port, noDelay: true }), 'connect', signal);
}

/** The same over TLS. `trust`: `rejectUnauthorized: false` where the caller decides by what was shown. */
export function openTls(
  { host, port }: Peer,
  trust: Pick<ConnectionOptions, 'secureContext' | 'rejectUnauthorized'>,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = connectTls({
    ...{ host, port, ALPNProtocols: ['http/1.1'] },
    ...trust,
    // an IP address is no server name in TLS
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  socket.setNoDelay(true);
  return opened(socket, 'secureConnect', signal);
}

/** Resolves at the event, rejects with the error, the end or the reason of the signal; the socket is destroyed then. */
function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      signal.removeEventListener('abort', stop);
      socket.off(event, ready);
      socket.off('error', fail);
      socket.off('close', gone);
      how();
    };
    const ready = () => settle(() => resolve(socket));
    const fail = (error: unknown) =>
      settle(() => {
        socket.on('error', () => {}); // of a connection that is given up
        socket.destroy();
        reject(error);
      });
    const gone = () => fail(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
    const stop = () => fail(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once(event, ready);
    socket.once('error', fail);
    socket.once('close', gone);
  });
}
