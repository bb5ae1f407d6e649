import { type Notification, type NotificationCount, notificationKind } from '#shared/model/notification.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import { verdictOf } from '../world/audit.ts';
import type { World } from '../world/world.ts';
import { type FakeTools, os } from './procedures.ts';

type Wanted = Parameters<Parameters<typeof os.notifications.list.handler>[0]>[0]['input'];

const isMine = (world: World, taskId: string | null): boolean =>
  world.tasks.some(({ id, origin }) => id === taskId && (origin === 'gui' || origin === 'cli'));

const asksPerson = (world: World, one: Notification): boolean =>
  one.approvalId === null
    ? one.readAt === null && (one.level === 'attention' || one.level === 'danger')
    : world.approvals.some(({ id, state }) => id === one.approvalId && state === 'pending');

function wantedOf(world: World, { kinds, mine, action_required }: Wanted): Notification[] {
  return world.notifications.filter(
    (one) =>
      (kinds?.includes(one.kind) ?? true) &&
      (!mine || isMine(world, one.taskId)) &&
      (!action_required || asksPerson(world, one)),
  );
}

function countOf(world: World, wanted: { mine?: boolean | undefined }): NotificationCount {
  const of = wantedOf(world, wanted);
  const tasks = world.tasks.filter(({ id }) => !wanted.mine || isMine(world, id));
  return {
    kinds: notificationKind.options.map((kind) => {
      const these = of.filter((one) => one.kind === kind);
      return { kind, total: these.length, unread: these.filter(({ readAt }) => readAt === null).length };
    }),
    actionRequired: of.filter((one) => asksPerson(world, one)).length,
    tasks: { live: tasks.filter(({ state }) => liveTaskStates.includes(state)).length, total: tasks.length },
  };
}

/** What is kept of what was done: notifications, the audit log, results that a server is owed; and the settings. */
export function recordRoutes({ world, changed, did }: FakeTools) {
  return {
    notifications: {
      list: os.notifications.list.handler(({ input }) => {
        const from = world.notifications.findIndex(({ id }) => id === input.older_than) + 1;
        return wantedOf(world, input).slice(from, from + (input.limit ?? 100));
      }),
      count: os.notifications.count.handler(({ input }) => countOf(world, input)),
      markRead: os.notifications.markRead.handler(({ input }) => {
        for (const one of world.notifications)
          if (input.notification === undefined || one.id === input.notification) one.readAt ??= Date.now();
        changed('notifications');
        return {};
      }),
    },
    settings: {
      show: os.settings.show.handler(() => world.settings),
      set: os.settings.set.handler(({ input }) => {
        did('settings.set', input);
        Object.assign(world.settings, input);
        changed('settings');
        return world.settings;
      }),
    },
    audit: {
      list: os.audit.list.handler(({ input }) =>
        world.audit
          .toReversed()
          .filter((entry) => input.before === undefined || entry.number < input.before)
          .slice(0, input.limit ?? 200),
      ),
      verify: os.audit.verify.handler(() => verdictOf(world.audit)),
    },
    outbox: {
      list: os.outbox.list.handler(() => []),
      acknowledge: os.outbox.acknowledge.handler(() => ({})),
    },
  };
}
