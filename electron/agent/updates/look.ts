import { Failure } from '#shared/failure.ts';
import type { Get } from '../../updates/fetch-file.ts';
import type { Offer } from '../../updates/offer.ts';
import { refuseWithoutKeys } from '../../updates/statement.ts';
import type { InForce } from './in-force.ts';
import type { UpdateParts } from './updater.ts';

const feedTimeoutMs = 30_000;

type LookParts = Pick<UpdateParts, 'get' | 'release' | 'version' | 'platform' | 'arch' | 'kind'>;

/**
 * Asks the feed, once, and gives what it offers to this machine; null: nothing newer. Rejects with Failure `update.*`,
 * `net.*`, `proxy.*`, or the signal's reason.
 */
export async function lookForUpdate(
  parts: LookParts,
  { feed, channel, trouble }: Pick<InForce, 'feed' | 'channel' | 'trouble'>,
  share: number,
  signal: AbortSignal,
): Promise<Offer | null> {
  if (trouble !== null) throw trouble;
  refuseWithoutKeys(parts.release.keys);
  if (feed === null)
    throw new Failure(
      'update.no-feed',
      'No address for updates is set, and none is built into this version.',
      {
        hint: 'Set one: trustkeep autoupdate set --feed https://…',
      },
    );
  // with their parsers, which most starts do not need
  const { feedLimit, feedName, readFeed } = await import('../../updates/feed.ts');
  const { offerOf, refuseAddress } = await import('../../updates/offer.ts');
  refuseAddress(feed);
  const base = feed.endsWith('/') ? feed : `${feed}/`;
  const url = new URL(feedName(channel, parts.platform, parts.arch), base).href;
  const text = await fetchFeed(parts.get, url, feedLimit, signal);
  return offerOf(readFeed(text, url), url, { ...parts, channel, keys: parts.release.keys, share });
}

async function fetchFeed(get: Get, url: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const { status, body } = await get({
    url,
    headers: { 'cache-control': 'no-cache' },
    maxBytes,
    timeoutMs: feedTimeoutMs,
    signal,
  });
  if (status === 200) return body.toString('utf8');
  throw new Failure('update.feed-missing', `The server answered ${status} for the feed ${url}.`, {
    hint: 'Check the address of the feed and the channel. Trustkeep will try again automatically.',
  });
}
