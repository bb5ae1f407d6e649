import type { ChannelSettings } from '#shared/model/channel.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Http } from '../../net/http.ts';
import type { Secret } from '../../secrets/secret.ts';

/** What is sent at a time: as many notifications as were due. */
export interface Message {
  /** The same for every attempt to send these: a receiver can tell a repetition by it. */
  id: string;
  /** Nothing happened: a person wants to see that it arrives. */
  test: boolean;
  /** The name of the machine of this agent. */
  machine: string;
  /** Epoch milliseconds. */
  at: number;
  /** At least one, oldest first. */
  notifications: readonly Notification[];
}

/**
 * A way for notifications to leave this machine. Gives what the server answered, for people. Rejects with `net.*`, `proxy.*` or its
 * own codes, and with the signal's reason; `retry: later` means that it may work by itself. Takes at most a minute. Safe concurrently. The same
 * message may be sent again after a failure that came late, and so arrive twice.
 */
export interface Channel {
  send(message: Message, signal?: AbortSignal): Promise<string>;
}

export interface ChannelParts<S extends ChannelSettings = ChannelSettings> {
  settings: S;
  /** A sealed value of this channel; null: there is none. Throws `keychain.*` while locked. The caller wipes. */
  secret(name: string): Secret | null;
  http(): Http;
}

export interface ChannelProvider<S extends ChannelSettings> {
  make(parts: ChannelParts<S>): Channel;
}
