import { z } from 'zod';
import { installWays, updateChannels, windowPattern } from '../catalog/autoupdate.ts';
import { failureData } from '../failure.ts';

/** How this program came onto the machine, which decides what can update it. */
const packageKind = z.enum(['appimage', 'windows', 'macos', 'deb', 'rpm', 'docker', 'archive', 'checkout']);
export type PackageKind = z.infer<typeof packageKind>;

/**
 * Where an update is.
 *
 * ```
 *  disabled ◄──disable── (any but installing) ──enable──► idle
 *     │                                                   │
 *     └──────── check by hand ──►  checking  ◄── check ───┤
 *                                  │      │               │
 *                     nothing newer│      │newer          │
 *                                  ▼      ▼               │
 *                          up-to-date    available ──download──► downloading n % ──checked──► ready ──install──► installing
 *                                            ▲                        │ cancel                   ▲                  │
 *                                            └────────────────────────┘                          └── not begun ─────┘
 *  failed ◄── checking, downloading, installing: why, and when it is tried again
 * ```
 *
 * `installing` ends with this program; the next one says how it went.
 */
const updateStates = [
  'disabled',
  'idle',
  'checking',
  'up-to-date',
  'available',
  'downloading',
  'ready',
  'installing',
  'failed',
] as const;
export type UpdateState = (typeof updateStates)[number];

/** Stored by `autoupdate enable`, `disable` and `set`. */
export const autoupdateSettings = z.object({
  enabled: z.boolean().default(true),
  /** Null: the one built into this version. */
  feed: z.string().nullable().default(null),
  channel: z.enum(updateChannels).default('latest'),
  install: z.enum(installWays).default('ask'),
  window: z.string().regex(windowPattern).default('any'),
});
export type AutoupdateSettings = z.infer<typeof autoupdateSettings>;

/** A version that the feed offers to this machine; signed, but for its notes. */
const offeredUpdate = z.object({
  version: z.string(),
  /** Bytes to download. */
  size: z.number().int(),
  /** Plain text of the feed, cut to a few thousand characters; null: none. */
  notes: z.string().nullable(),
  /** As the feed writes it. */
  releasedAt: z.string().nullable(),
});
export type OfferedUpdate = z.infer<typeof offeredUpdate>;

/** Whether an administrator decided it, and where: a file, or the environment. Null: the setting counts. */
const decidedBy = z.string().nullable();

/** What `autoupdate get` shows. */
export const autoupdateStatus = z.object({
  state: z.enum(updateStates),
  /** The state in one sentence, with what it waits for. */
  sentence: z.string(),
  /** Checks are made on their own. */
  enabled: z.boolean(),
  /** Why they are not. */
  disabledBy: z.enum(['setting', 'policy', 'package', 'feed']).nullable(),
  version: z.string(),
  package: packageKind,
  /** This package cannot replace itself: what updates it, one command a line. */
  commands: z.array(z.string()),
  settings: autoupdateSettings,
  /** In force now; null: none is set and none is built in. */
  feed: z.string().nullable(),
  policy: z.object({ enabled: decidedBy, feed: decidedBy, channel: decidedBy, install: decidedBy }),
  /** The last check was started by a person. */
  byHand: z.boolean(),
  offered: offeredUpdate.nullable(),
  /** While downloading: whole percent and bytes. */
  progress: z.object({ percent: z.number().int(), bytes: z.number().int() }).nullable(),
  failure: failureData.nullable(),
  lastCheckAt: z.number().int().nullable(),
  lastResult: z.string().nullable(),
  nextCheckAt: z.number().int().nullable(),
  /** The version that was in use before, kept and offered back. */
  previous: z.object({ version: z.string(), sentence: z.string() }).nullable(),
});
export type AutoupdateStatus = z.infer<typeof autoupdateStatus>;
