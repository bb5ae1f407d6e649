import { silentLog } from '#kit/log.ts';
import { taskKinds } from '../../electron/agent/domains.ts';
import { Events } from '../../electron/agent/events.ts';
import { Notifications } from '../../electron/agent/notifications.ts';
import type { AgentParts } from '../../electron/agent/parts.ts';
import { TaskDesk } from '../../electron/agent/tasks/desk.ts';
import type { Database } from '../../electron/database/database.ts';
import { JumpingClock } from './clock.ts';

/** Starts the desk of an agent on a database, and stops it again. */
export async function startOnce(database: Database): Promise<void> {
  const clock = new JumpingClock();
  const notifications = new Notifications(database, new Events(clock), clock);
  const parts = { database, clock, log: silentLog, settings: () => ({ proof_seconds: 1 }) };
  const desk = new TaskDesk({
    ...{ parts: parts as unknown as AgentParts, kinds: taskKinds, notifications },
    ...{ changed: () => {}, leftoversChanged: () => {} },
  });
  desk.start();
  await desk.stop(0);
}
