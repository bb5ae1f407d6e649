import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { pacTooLarge, pacUnreachable } from './pac-failures.ts';

/** A PAC file is a page of rules; browsers stop reading at the same size. */
const longestPac = 1024 * 1024;
const fetchTimeoutMs = 5000;
const mostRedirects = 3;

/** Fetches directly, whatever the setting. Rejects with Failure `net.*`. */
export type FetchDirectly = (request: {
  method: 'GET';
  url: string;
  headers: Record<string, string>;
  maxBytes: number;
  timeoutMs: number;
}) => Promise<{ status: number; headers: Record<string, string>; body: Buffer }>;

export interface PacText {
  script: string;
  /** For asking whether it changed. */
  tag: { etag?: string | undefined; modified?: string | undefined };
}

/** Null: it is still what `known` says. Rejects with `proxy.pac-unreachable` or `proxy.pac-too-large`. */
export async function fetchPac(
  url: string,
  known: PacText | null,
  tools: { fetch: FetchDirectly; clock: Clock },
): Promise<PacText | null> {
  const end = tools.clock.monotonic() + fetchTimeoutMs;
  let at = url;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await ask(at, at === url ? known : null, end, tools);
    if (answer.status === 304 && known !== null) return null;
    if (answer.status === 200) return textOf(answer);
    const next = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.location : undefined;
    if (next === undefined || !URL.canParse(next, at))
      throw pacUnreachable(url, `the server answers ${answer.status}.`);
    const to = new URL(next, at);
    if (at.startsWith('https:') && to.protocol !== 'https:')
      throw pacUnreachable(url, 'the server redirects from https to an address without TLS.');
    at = to.href;
  }
  throw pacUnreachable(url, 'the server redirects again and again.');
}

async function ask(
  url: string,
  known: PacText | null,
  end: number,
  { fetch, clock }: { fetch: FetchDirectly; clock: Clock },
) {
  const timeoutMs = Math.max(1, end - clock.monotonic());
  const headers = {
    accept: 'application/x-ns-proxy-autoconfig, */*',
    ...(known?.tag.etag === undefined ? {} : { 'if-none-match': known.tag.etag }),
    ...(known?.tag.modified === undefined ? {} : { 'if-modified-since': known.tag.modified }),
  };
  try {
    return await fetch({ method: 'GET', url, headers, maxBytes: longestPac, timeoutMs });
  } catch (error) {
    if (error instanceof Failure && error.code === 'net.too-large') throw pacTooLarge(url, longestPac, error);
    throw pacUnreachable(url, error instanceof Error ? error.message : String(error), error);
  }
}

function textOf({ headers, body }: { headers: Record<string, string>; body: Buffer }): PacText {
  return {
    script: new TextDecoder().decode(body), // drops a byte order mark
    tag: { etag: headers.etag, modified: headers['last-modified'] },
  };
}
