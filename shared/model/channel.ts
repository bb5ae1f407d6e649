import { z } from 'zod';
import type { ChannelDefinition } from '../catalog/channels/definition.ts';
import { channelCatalog, channelKind, channelSettings } from '../catalog/channels/index.ts';
import { failureData } from '../failure.ts';

export type ChannelKind = z.infer<typeof channelKind>;
export const channelKinds = channelKind.options;

/** Without any secret. */
export type ChannelSettings = z.infer<typeof channelSettings>;

/** What came of the last attempt to send, by itself or as a test. */
export const channelReport = z.object({
  at: z.number().int(),
  ok: z.boolean(),
  /** What the server said, or why nothing was sent. */
  sentence: z.string(),
  failure: failureData.nullable(),
  /** Since when nothing was delivered; null: the last attempt succeeded. */
  failingSince: z.number().int().nullable(),
});
export type ChannelReport = z.infer<typeof channelReport>;

/** A way for notifications to leave this machine. */
export const channel = z.object({
  /** `ch_…` */
  id: z.string(),
  name: z.string().min(1).max(32),
  kind: channelKind,
  settings: channelSettings,
  /** Null: nothing was sent yet. */
  report: channelReport.nullable(),
  createdAt: z.number().int(),
});
export type Channel = z.infer<typeof channel>;

/** The definition that stored settings, or a kind, belong to. */
export function channelDefinition({
  kind,
}: {
  kind: ChannelKind;
}): ChannelDefinition<ChannelKind, ChannelSettings> {
  return channelCatalog[kind];
}
