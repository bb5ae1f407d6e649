import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import { Failure } from '#shared/failure.ts';
import type { OfferedUpdate, PackageKind } from '#shared/model/update.ts';
import type { FeedEntry, FeedFile } from './feed.ts';
import { refuseUnsigned, type Statement, type StatementSignature } from './statement.ts';

/** An update whose signature was checked. */
export interface Offer {
  shown: OfferedUpdate;
  /** Where the file is, whole. */
  url: string;
  statement: Statement;
  signatures: readonly StatementSignature[];
}

/** This program, and what it wants. */
export interface OfferFor {
  version: string;
  channel: string;
  platform: string;
  arch: string;
  kind: PackageKind;
  keys: readonly string[];
  /** This machine's place in a staged roll-out, 0 to below 100; the same for ever. */
  share: number;
}

/** What a package is updated with; any file of the system where another program does it. */
const endings: Partial<Record<PackageKind, string>> = {
  appimage: '.AppImage',
  windows: '.exe',
  deb: '.deb',
  rpm: '.rpm',
};

/**
 * What of a feed is for this program. Null: nothing newer, or not yet for this machine. Throws `update.not-signed`,
 * `update.no-keys`, `update.file-missing` when nothing is for this system, `update.not-a-feed` for a version that is none.
 * Pure.
 */
export function offerOf(entry: FeedEntry, feedUrl: string, wanted: OfferFor): Offer | null {
  // as it is written: the next version knows itself in the mark by these letters, and "v1.2.0" would not be 1.2.0
  if (valid(entry.version) !== entry.version.replace(/\+.*$/s, ''))
    throw new Failure(
      'update.not-a-feed',
      `The feed at ${feedUrl} offers "${entry.version}", which is no version.`,
    );
  const { file, statement } = chosen(entry, wanted);
  refuseUnsigned(statement, file.signatures, wanted.keys);
  if (compare(entry.version, wanted.version) <= 0) return null;
  if (entry.staging !== null && wanted.share >= entry.staging) return null;
  const { version, notes, releasedAt } = entry;
  const url = new URL(file.url, feedUrl);
  refuseAddress(url.href);
  const { signatures } = file;
  return {
    shown: { version, notes, releasedAt, size: statement.size },
    url: url.href,
    statement,
    signatures,
  };
}

/** https, or http on this machine: what is fetched is signed, but who asks for it is nobody else's affair. */
export function refuseAddress(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && url.username === '' && url.password === '') {
    if (url.protocol === 'https:') return;
    if (url.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return;
  }
  throw new Failure(
    'update.not-a-feed',
    `"${address.slice(0, 200)}" is not an address that updates can come from.`,
    {
      hint: 'Use an address that starts with https:// and has no user name in it.',
      retry: 'needs-person',
    },
  );
}

function chosen(entry: FeedEntry, wanted: OfferFor): { file: FeedFile; statement: Statement } {
  const ending = endings[wanted.kind] ?? '';
  for (const file of entry.files) {
    const { statement } = file;
    if (statement === null || !statement.name.endsWith(ending)) continue;
    if (statement.platform !== wanted.platform || statement.arch !== wanted.arch) continue;
    if (statement.channel === wanted.channel) return { file, statement };
  }
  if (entry.files.every(({ statement }) => statement === null)) return unsigned(entry);
  throw new Failure(
    'update.file-missing',
    `The feed has no file of Trustkeep ${entry.version} for ${wanted.platform} ${wanted.arch} in the channel ${wanted.channel}.`,
    { hint: 'Check the address of the feed and the channel.' },
  );
}

function unsigned({ version }: FeedEntry): never {
  throw new Failure(
    'update.not-signed',
    `Trustkeep ${version} in the feed has no signature of the publisher.`,
    {
      hint: 'Nothing was installed. Check the address of the feed; if it is right, tell whoever runs it.',
    },
  );
}
