import { peerTail, redact } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { netFailure, type Peer } from '../failures.ts';
import { BadAnswer, Dropped } from './read-answer.ts';

export function placeOf({ host, port }: Peer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** No TCP or TLS connection to the proxy came about. */
export function unreachable(thrown: unknown, proxy: Peer): Failure {
  if (thrown instanceof Failure) return thrown;
  const because = netFailure(thrown, proxy);
  const detail = because.message.replace(/\.$/, '');
  if (because.about === 'tls')
    return new Failure('proxy.tls-failed', `The TLS connection to the proxy failed: ${detail}.`, {
      hint: 'Check that the proxy speaks TLS on this port and that this machine trusts its certificate.',
      cause: thrown,
    });
  return new Failure('proxy.unreachable', `The proxy cannot be reached: ${detail}.`, {
    hint: 'Check host and port of the proxy, and that firewalls allow connections from this machine to it.',
    cause: thrown,
  });
}

export function tooSlow(proxy: Peer, ms: number): Failure {
  return new Failure(
    'proxy.timeout',
    `The proxy ${placeOf(proxy)} did not answer within ${Math.round(ms / 100) / 10} s.`,
    {
      hint: 'Check that the proxy is up. It may also be waiting for its login service or for the destination.',
    },
  );
}

export function badAnswer(
  proxy: Peer,
  what: string,
  cause?: unknown,
  speech: 'an HTTP' | 'a SOCKS 5' = 'an HTTP',
): Failure {
  return new Failure('proxy.bad-answer', `The proxy ${placeOf(proxy)} ${what}.`, {
    hint: `Check that host and port are those of ${speech} proxy, and check its log.`,
    cause,
  });
}

/** What went wrong on an open connection to the proxy, as one sentence. */
export function onTheLine(thrown: unknown, proxy: Peer, while_: string): unknown {
  if (thrown instanceof BadAnswer) return badAnswer(proxy, `answered with ${thrown.message}`, thrown);
  if (thrown instanceof Dropped) return badAnswer(proxy, `closed the connection ${while_}`, thrown);
  return thrown;
}

const hints: Record<number, string> = {
  400: 'The proxy did not understand the request. Check that it allows CONNECT.',
  403: 'The rules of the proxy forbid this destination or port. Ask its administrator to allow it.',
  404: 'Check that this is an HTTP proxy: a web server answers like this.',
  405: 'This server does not allow CONNECT. Check that it is an HTTP proxy.',
  501: 'This server does not allow CONNECT. Check that it is an HTTP proxy.',
  502: 'The proxy could not connect to the destination. Check its name, and the firewall behind the proxy.',
  503: 'The proxy could not reach the destination. It may be unable to resolve the name, or the server may be down.',
  504: 'The destination did not answer the proxy in time. Check that the proxy is allowed to reach it.',
};
const passing = new Set([500, 502, 503, 504]);

const hintsInClear: Record<number, string> = Object.fromEntries(
  [403, 502, 503, 504].map((status) => [status, hints[status] ?? '']),
);

export function refusedConnect(proxy: Peer, target: Peer, status: number, words: string): Failure {
  return new Failure(
    'proxy.refused-connect',
    `The proxy ${placeOf(proxy)} refused to connect to ${placeOf(target)} (${status}).`,
    {
      hint: hints[status] ?? 'Check the log of the proxy for the reason.',
      retry: passing.has(status) ? 'later' : 'needs-person',
      peerSaid: words === '' ? undefined : words,
    },
  );
}

/** In clear, a proxy answers in place of the destination: what it says of itself is not the destination's answer. */
export function refusedRequest(proxy: Peer, target: string, status: number, words: string): Failure {
  return new Failure(
    'proxy.refused-request',
    `The proxy ${placeOf(proxy)} answered the request to ${target} itself (${status}).`,
    {
      hint: hintsInClear[status] ?? 'Check the log of the proxy for the reason.',
      retry: passing.has(status) ? 'later' : 'needs-person',
      peerSaid: words === '' ? undefined : words,
    },
  );
}

/** An error came, and nothing in it says whether the destination or the proxy made it. `proxy`: `host:port`. */
export function unclearAnswer(proxy: string, target: string, status: number): Failure {
  return new Failure(
    'proxy.unclear-answer',
    `The answer to the request to ${target} was ${status}. The proxy ${proxy} may have given it itself, so nothing is known of ${target}.`,
    { hint: `Check the log of the proxy, and that it can resolve and reach ${target}.` },
  );
}

/** Something answers at its place, but not as a plain HTTP proxy does. */
export function speaksOtherwise(failure: Failure, speech: 'tls' | 'socks5'): Failure {
  const known = failure.message.replace(/\.$/, '');
  if (speech === 'tls')
    return failure.saying(`${known}. It answers in TLS there.`, {
      hint: 'If it is an HTTP proxy that is reached with TLS, set tls Yes. Otherwise check host and port.',
    });
  return failure.saying(`${known}. It answers as a SOCKS 5 proxy.`, {
    hint: 'If it is one, set socks5 Yes. Otherwise check host and port.',
  });
}

/** The proxy's own words out of reason and page: markup gone, cut, what was sent as log-in taken out. */
export function wordsOf(reason: string, page: Buffer, sent: readonly string[]): string {
  // before the markup goes: what was sent may look like some
  const text = redact(page.toString('utf8'), sent)
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1\s*>|<!--(?:(?!<!--)[\s\S])*?-->/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  const words = [reason, text].join('. ').replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return peerTail(peerTail(words, sent, words.length + 1000).slice(0, 300), sent);
}
