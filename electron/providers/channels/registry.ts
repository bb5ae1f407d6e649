import { Failure } from '#shared/failure.ts';
import type { ChannelKind, Channel as ChannelRow, ChannelSettings } from '#shared/model/channel.ts';
import type { Channel, ChannelParts, ChannelProvider } from './channel.ts';
import { email } from './email/provider.ts';
import { webhook } from './webhook/provider.ts';

type SettingsOf<K extends ChannelKind> = Extract<ChannelSettings, { kind: K }>;

/** The agent's side of every kind in the catalog. */
const providers: { [K in ChannelKind]: ChannelProvider<SettingsOf<K>> } = {
  email,
  webhook,
};

function providerOf(kind: ChannelKind): ChannelProvider<ChannelSettings> {
  return providers[kind];
}

interface ChannelTools {
  get(id: string): ChannelRow | null;
  secret(id: string, name: string): ReturnType<ChannelParts['secret']>;
  http: ChannelParts['http'];
}

/** Makes the adapter of a stored channel. It keeps nothing, so it is made for each use. Throws `channel.not-found`. */
export function channelsOver({ get, secret, http }: ChannelTools): (id: string) => Channel {
  return (id) => {
    const row = get(id);
    if (row === null) throw new Failure('channel.not-found', 'The channel no longer exists.');
    const { kind, settings } = row;
    return providerOf(kind).make({ settings, secret: (name) => secret(id, name), http });
  };
}
