import { z } from 'zod';
import { channelCatalog } from '../catalog/channels/index.ts';
import { type AddInput, addInputOf } from '../catalog/definition.ts';
import { inputAs } from '../catalog/field.ts';
import { type ChannelKind, channel, channelReport } from '../model/channel.ts';
import { command, nameOrId, nothing } from './base.ts';

type ChannelInput = AddInput<'kind', ChannelKind, 'name'>;
/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const channelInput = inputAs<ChannelInput>(addInputOf('kind', channelCatalog));

const channelRow = channel.extend({
  /** Notifications that are still to be sent there. */
  waiting: z.number().int(),
});
export type ChannelRow = z.infer<typeof channelRow>;

const oneChannel = z.object({ channel: nameOrId }).strict();

/** Ways for notifications to leave this machine, for servers that no one sits at. */
export const channels = {
  add: command
    .meta({
      cli: 'channels add',
      help: 'Add a channel that notifications are sent to.',
      positional: 'kind',
      mutates: true,
      begins: true,
    })
    .input(channelInput)
    .output(channelRow),
  list: command
    .meta({ cli: 'channels list', help: 'List the channels, and whether they deliver.' })
    .input(nothing)
    .output(z.array(channelRow)),
  show: command
    .meta({ cli: 'channels show', help: 'Show one channel.', positional: 'channel' })
    .input(oneChannel)
    .output(channelRow),
  update: command
    .meta({
      cli: 'channels update',
      help: 'Change a channel. Options that are not given stay the same.',
      positional: 'channel',
      mutates: true,
    })
    .input(z.object({ channel: nameOrId, changes: z.record(z.string(), z.unknown()) }).strict())
    .output(channelRow),
  /** With what is still to be sent there. */
  remove: command
    .meta({
      cli: 'channels remove',
      help: 'Remove a channel. What has not been sent yet is not sent.',
      positional: 'channel',
      mutates: true,
    })
    .input(oneChannel)
    .output(nothing),
  /** Sends one notification that says that it is a test, and waits for the answer of the server. */
  test: command
    .meta({
      cli: 'channels test',
      help: 'Send a test notification and show what the server answered.',
      positional: 'channel',
      mutates: true,
    })
    .input(oneChannel)
    .output(channelReport),
};
