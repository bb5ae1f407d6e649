import type { Socket } from 'node:net';
import { defaultTimeoutMs, withDeadline } from './deadline.ts';
import { placeOf, refusedConnect, tooSlow, wordsOf } from './failures.ts';
import { passLogIn } from './pass-log-in.ts';
import type { ProxyPlace } from './place.ts';
import { openSocks } from './socks.ts';
import { Talk } from './talk.ts';
import { told } from './told.ts';
import type { ProxyTools } from './tools.ts';
import { writeHead } from './write-request.ts';

interface TunnelTarget {
  /** IPv6 without brackets. */
  host: string;
  port: number;
}

/**
 * The way to `target` through the proxy (CONNECT of HTTP, or of SOCKS 5): a socket as if it were connected to the target
 * itself, on which nothing was lost. Rejects with Failure `proxy.*`, or with the signal's reason. Only after `proxy.unreachable`,
 * `proxy.tls-failed` and `proxy.timeout` is another proxy worth trying. Safe concurrently.
 */
export function openTunnel(proxy: ProxyPlace, target: TunnelTarget, tools: ProxyTools): Promise<Socket> {
  const limit = tools.connectTimeoutMs ?? defaultTimeoutMs;
  const late = () => tooSlow(proxy, limit);
  return told(tools, (telling) =>
    withDeadline(tools.clock, limit, tools.signal, late, (signal) =>
      (proxy.socks5 ? openSocks : connect)(proxy, target, telling, signal),
    ),
  );
}

async function connect(
  proxy: ProxyPlace,
  target: TunnelTarget,
  tools: ProxyTools,
  signal: AbortSignal,
): Promise<Socket> {
  const uri = placeOf(target);
  const talk = new Talk(proxy, tools, signal);
  try {
    const write = (authorization: string | null) =>
      writeHead('CONNECT', uri, [
        ['Host', uri],
        ['User-Agent', tools.userAgent],
        ['Proxy-Connection', 'keep-alive'],
        ...(authorization === null ? [] : [['Proxy-Authorization', authorization] as const]),
      ]);
    const request = { method: 'CONNECT', uri, repeatable: true, write };
    const { answer, sent } = await passLogIn(talk, request, proxy, tools, signal);
    if (answer.status < 200 || answer.status > 299 || talk.line === null) {
      const page = await talk.page(answer, 'CONNECT');
      throw refusedConnect(proxy, target, answer.status, wordsOf(answer.reason, page, sent));
    }
    const socket = talk.line.release();
    talk.giveUp();
    tools.note?.({
      name: 'tunnel',
      ok: true,
      sentence: `The proxy ${placeOf(proxy)} opened a connection to ${uri}.`,
    });
    return socket;
  } finally {
    talk.end();
  }
}
