import type { ChannelReport } from '#shared/model/channel.ts';
import type { Domain } from '../domain.ts';
import { findChannel } from '../find.ts';
import { type DeliverParts, deliverTurn, sendTest } from './deliver.ts';

interface ChannelCommands {
  /** Sends a test and gives what came of it. Failure `channel.not-found`. */
  test(id: string): Promise<ChannelReport>;
}

/** A start tells first what it finds on this machine. */
const firstTurnMs = 3000;

/** Sending notifications to where someone reads them. What happens here changes nothing of what they are about. */
export const channels: Domain<ChannelCommands> = {
  taskKinds: [],
  open({ parts, events, notifications }) {
    const delivering: DeliverParts = {
      ...parts,
      changed: (id) => events.changed('channels', id),
      failing: (channel, failure) => notifications.channelFails(channel.name, failure),
    };
    return {
      commands: { test: (id) => sendTest(delivering, findChannel(parts.database, id)) },
      loops: [
        {
          name: 'deliver',
          firstTurnMs,
          wokenBy: ['agent', 'notification'],
          turn: (signal) => deliverTurn(delivering, signal),
        },
      ],
    };
  },
};
