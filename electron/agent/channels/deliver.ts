import { createHash } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import { inTurns } from '#kit/in-turns.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { Channel, ChannelReport } from '#shared/model/channel.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Database } from '../../database/database.ts';
import type { Message, Channel as Sends } from '../../providers/channels/channel.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A server that restarts is back in minutes; one that a person has to see to is asked a few times a day. */
const backOffMs = [minute, 5 * minute, 15 * minute, hour, 4 * hour];
/** What is older is no news, and is in the list of notifications. */
const longestMs = 72 * hour;
/** In one email or request. */
const atOnce = 50;
const channelsAtOnce = 4;
const longestNapMs = hour;

export interface DeliverParts {
  database: Database;
  clock: Clock;
  log: Log;
  machine: string;
  channel(id: string): Sends;
  /** The report of this channel, or what waits for it, is another. */
  changed(id: string): void;
  /** Tells a person, once for as long as it is unread, that a channel delivers nothing. */
  failing(channel: Channel, failure: Failure): void;
}

/** One turn: sends what is due, each channel on its own. Gives the milliseconds until the next. */
export async function deliverTurn(parts: DeliverParts, signal: AbortSignal): Promise<number> {
  const { database, clock } = parts;
  await inTurns(database.channels.list(), channelsAtOnce, (channel) => deliverTo(parts, channel, signal));
  const next = database.deliveries.nextAt();
  return next === null ? longestNapMs : Math.max(1000, Math.min(longestNapMs, next - clock.now()));
}

async function deliverTo(parts: DeliverParts, channel: Channel, signal: AbortSignal): Promise<void> {
  const { database, clock, log } = parts;
  const { notifications, attempts } = database.deliveries.due(channel.id, clock.now(), atOnce);
  if (notifications.length === 0) return;
  const ids = notifications.map(({ id }) => id);
  try {
    const sentence = await parts.channel(channel.id).send(messageOf(parts, notifications, false), signal);
    database.transaction(() => {
      database.deliveries.remove(channel.id, ids);
      report(parts, channel.id, sentence, null);
    });
  } catch (thrown) {
    if (signal.aborted) return; // due still, at the next start
    const failure = asFailure(thrown);
    log.warn('notifications were not delivered', { channel: channel.name, code: failure.code });
    const now = clock.now();
    const waitMs = backOffMs[Math.min(attempts, backOffMs.length - 1)] ?? hour;
    database.transaction(() => {
      database.deliveries.postpone(channel.id, ids, now + waitMs);
      const gone = database.deliveries.giveUp(channel.id, now - longestMs);
      if (gone > 0) log.warn('notifications were given up', { channel: channel.name, number: gone });
      report(parts, channel.id, failure.message, failure);
    });
    parts.failing(channel, failure);
  }
  parts.changed(channel.id);
}

/** Sends a notification that says that it is a test. Never rejects for what the channel does. */
export async function sendTest(parts: DeliverParts, channel: Channel): Promise<ChannelReport> {
  const told: Notification = {
    ...{ id: newId('ntf'), kind: 'system', level: 'info', taskId: null, approvalId: null, readAt: null },
    title: `Test of the channel ${channel.name}`,
    sentence: 'Notifications of this machine arrive here.',
    at: parts.clock.now(),
  };
  try {
    const sentence = await parts.channel(channel.id).send(messageOf(parts, [told], true));
    return report(parts, channel.id, sentence, null);
  } catch (thrown) {
    const failure = asFailure(thrown);
    return report(parts, channel.id, failure.message, failure);
  } finally {
    parts.changed(channel.id);
  }
}

function messageOf(
  { machine, clock }: DeliverParts,
  notifications: readonly Notification[],
  test: boolean,
): Message {
  // of all that is sent: another attempt at the same is known by it, and one with news beside it is another message
  const ids = notifications.map((one) => one.id).join(' ');
  const id = `dlv_${createHash('sha256').update(ids).digest('hex').slice(0, 32)}`;
  return { id, test, machine, at: clock.now(), notifications };
}

function report(
  { database, clock }: DeliverParts,
  id: string,
  sentence: string,
  failure: Failure | null,
): ChannelReport {
  const at = clock.now();
  const before = database.channels.get(id)?.report ?? null;
  const made: ChannelReport = {
    ...{ at, sentence, ok: failure === null, failure: failure?.toData() ?? null },
    failingSince: failure === null ? null : (before?.failingSince ?? at),
  };
  database.channels.setReport(id, made);
  return made;
}
