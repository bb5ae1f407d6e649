import type { Clock, Timer } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import { type Log, silentLog } from '#kit/log.ts';
import type { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { HealthLevel } from '#shared/model/overview.ts';
import type { Plan } from '#shared/model/plan.ts';
import { isGoodNews } from '#shared/model/told.ts';
import type { Database } from '../database/database.ts';
import type { Events } from './events.ts';
import {
  aboutApproval,
  aboutFailingChannel,
  aboutLostLogin,
  aboutReplaced,
  type Draft,
} from './notification-words.ts';
import { overviewOf } from './overview.ts';
import { isWanted } from './policies/wanted-notification.ts';
import { readSettings } from './settings.ts';

/** Stores notifications and tells of them; decides the level that the tray paints. */
export class Notifications {
  readonly #database: Database;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #log: Log;
  #level: { level: HealthLevel; sentence: string } | null = null;
  #timer: Timer | null = null;
  #stopped = false;
  readonly #askedFor = new Set<string>();

  constructor(database: Database, events: Events, clock: Clock, log: Log = silentLog) {
    this.#log = log;
    this.#database = database;
    this.#events = events;
    this.#clock = clock;
  }

  /** Stored always; appears on the desktop and in the window unless the settings say that its kind does not. */
  notify(draft: Draft): void {
    const notification: Notification = {
      taskId: null,
      approvalId: null,
      ...draft,
      id: newId('ntf'),
      readAt: null,
      at: this.#clock.now(),
    };
    this.#database.notifications.insert(notification);
    const settings = readSettings(this.#database);
    const appears = isWanted(notification, settings);
    if (appears) this.#enqueue(notification, settings.digest_minutes * 60_000);
    // told after the caller's transaction is stored: transactions are synchronous, so the next microtask is after them
    queueMicrotask(() => {
      this.#events.changed('notifications', notification.id);
      if (appears) this.#events.emit({ type: 'notification', notification, at: notification.at });
    });
  }

  /** For the channels; successes wait for others. What cannot be stored for them must not undo what is told. */
  #enqueue(notification: Notification, digestMs: number): void {
    const { id, at } = notification;
    try {
      this.#database.deliveries.enqueue(id, at, at + (isGoodNews(notification) ? digestMs : 0));
    } catch (error) {
      this.#log.error('a notification was not stored for the channels', { error });
    }
  }

  /** Once per approval, however often its task is stored while it waits. */
  approvalNeeded(approval: Approval): void {
    if (this.#askedFor.has(approval.id)) return;
    this.#askedFor.add(approval.id);
    if (this.#database.notifications.hasAsked(approval.id)) return;
    this.notify(aboutApproval(approval));
  }

  replacedElsewhere(node: EndpointNode): void {
    this.notify(aboutReplaced(node));
  }

  /** Once for as long as nobody has read it: a server may ask every minute. */
  serverAsks(sentence: string): void {
    this.#unlessUnread({ kind: 'system', level: 'attention', title: 'A server asks for a change', sentence });
  }

  /** Once for as long as nobody has read it, whatever the cause is by now: each attempt fails again. */
  channelFails(channel: string, why: Failure): void {
    const draft = aboutFailingChannel(channel, why);
    if (!this.#database.notifications.isUnread({ title: draft.title })) this.notify(draft);
  }

  /** Once for as long as nobody has read it: each reader of the store finds out again. */
  loginLost(store: string, why: Failure): void {
    this.#unlessUnread(aboutLostLogin(store, why));
  }

  /** The only lasting note of it: nothing of a rehearsal is stored. */
  leftByRehearsal({ endpointName, nodeName }: Plan, sentence: string): void {
    const title = `Action required: rehearsal of ${endpointName}/${nodeName}`;
    this.notify({ kind: 'failed', level: 'attention', title, sentence });
  }

  proxyReverted(sentence: string): void {
    this.notify({ kind: 'system', level: 'attention', title: 'The proxy setting was reverted', sentence });
  }

  /** Works the level out again soon; many calls in a row cost one look. */
  levelMayHaveChanged(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#timer = this.#clock.after(100, () => {
      this.#timer = null;
      this.tellLevel();
    });
  }

  tellLevel(): void {
    const { level, sentence, tooltip } = overviewOf(this.#database, this.#clock.now());
    if (this.#level?.level === level && this.#level.sentence === sentence) return;
    this.#level = { level, sentence };
    this.#events.emit({ type: 'level', level, sentence, tooltip, at: this.#clock.now() });
  }

  #unlessUnread(draft: Draft): void {
    if (!this.#database.notifications.isUnread(draft)) this.notify(draft);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }
}
