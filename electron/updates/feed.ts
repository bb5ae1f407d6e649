import { JSON_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { Failure, harmless } from '#shared/failure.ts';
import type { Statement, StatementSignature } from './statement.ts';

/** A feed is a page of text: more is something else. */
export const feedLimit = 256 * 1024;
const longestNotes = 4000;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** What `npm run release:sign` adds to each file that electron-builder lists. */
const signed = z.object({
  channel: z.string().min(1).max(64),
  platform: z.enum(['linux', 'win32', 'darwin']),
  arch: z.enum(['x64', 'arm64']),
  signatures: z.array(z.object({ key: z.string().regex(/^[0-9a-f]{16}$/), value: base64 })).max(8),
});

const feedFile = z.object({
  // what it is called is where it is stored: nothing that leads elsewhere
  url: z
    .string()
    .max(2048)
    .refine((url) => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(fileNameOf(url))),
  sha512: base64.length(88),
  size: z
    .number()
    .int()
    .min(1)
    .max(4 * 2 ** 30),
  trustkeep: signed.optional(),
});

/** The format is electron-builder's (`latest.yml`, `latest-linux.yml`); what it has besides is passed over. */
const feed = z.object({
  version: z.string().min(1).max(64),
  files: z.array(feedFile).min(1).max(32),
  releaseNotes: z.union([z.string(), z.array(z.object({ note: z.string().nullable() }))]).nullish(),
  releaseDate: z.string().max(64).nullish(),
  stagingPercentage: z.number().min(0).max(100).nullish(),
});

export interface FeedFile {
  /** As the feed writes it: relative to the feed, or whole. */
  url: string;
  /** What must be signed; null: the feed says nothing that could be. */
  statement: Statement | null;
  signatures: readonly StatementSignature[];
}

export interface FeedEntry {
  version: string;
  notes: string | null;
  releasedAt: string | null;
  /** Percent of the machines that are to have it; null: all. */
  staging: number | null;
  files: readonly FeedFile[];
}

/** The name of the file beside others in a feed, as electron-builder names it. */
export function feedName(channel: string, platform: string, arch: string): string {
  if (platform === 'win32') return `${channel}.yml`;
  if (platform === 'darwin') return `${channel}-mac.yml`;
  return arch === 'x64' ? `${channel}-linux.yml` : `${channel}-linux-${arch}.yml`;
}

/** Throws `update.not-a-feed`. Nothing in it is trusted yet. */
export function readFeed(text: string, from: string): FeedEntry {
  const parsed = feed.safeParse(parseYaml(text));
  if (!parsed.success)
    throw new Failure('update.not-a-feed', `What is at ${from} is not a feed of Trustkeep.`, {
      hint: 'Check the address of the feed. Trustkeep will try again automatically.',
    });
  const { version, files, releaseNotes, releaseDate, stagingPercentage } = parsed.data;
  return {
    version,
    notes: notesOf(releaseNotes),
    releasedAt: releaseDate ?? null,
    staging: stagingPercentage ?? null,
    files: files.map(({ url, size, sha512, trustkeep }) => ({
      url,
      signatures: trustkeep?.signatures ?? [],
      statement:
        trustkeep === undefined
          ? null
          : {
              ...{ version, channel: trustkeep.channel, platform: trustkeep.platform, arch: trustkeep.arch },
              ...{ name: fileNameOf(url), size, sha512 },
            },
    })),
  };
}

/** The last part of the path. */
export function fileNameOf(url: string): string {
  return (
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? ''
  );
}

function parseYaml(text: string): unknown {
  try {
    return load(text, { schema: JSON_SCHEMA });
  } catch {
    return null;
  }
}

function notesOf(notes: z.infer<typeof feed>['releaseNotes']): string | null {
  const text = Array.isArray(notes) ? notes.map(({ note }) => note ?? '').join('\n\n') : (notes ?? '');
  // electron-builder may write HTML there; it is shown as text. What does not begin with a tag is text already
  const isHtml = /^\s*<[a-z][a-z0-9]*[\s/>]/i.test(text);
  const plain = harmless(isHtml ? text.replace(/<[^>]*>/g, '') : text, longestNotes).trim();
  return plain === '' ? null : plain;
}
