import type { Task } from '#shared/model/task.ts';
import type { Agent } from './agent.ts';
import { Announcer } from './announcer.ts';
import type { DomainLoop } from './domain.ts';
import { openDomains, taskKinds } from './domains.ts';
import { Events } from './events.ts';
import { firstTurnMs } from './loops/loop.ts';
import { Loops } from './loops/loops.ts';
import { Notifications } from './notifications.ts';
import type { AgentParts } from './parts.ts';
import { PauseControl } from './pause.ts';
import { TaskDesk } from './tasks/desk.ts';

/** Joins the desk for tasks with the domains of `domains.ts`. */
function join(parts: AgentParts) {
  const { database, clock, log } = parts;
  const events = new Events(clock);
  const notifications = new Notifications(database, events, clock, log);
  const announcer = new Announcer({ database, events, notifications, kinds: taskKinds });
  const changed = (task: Task): void => {
    announcer.task(task);
    if (task.finishedAt !== null) loops.wake('ended-task');
  };
  const pause = new PauseControl({
    ...{ database, clock },
    changed() {
      events.changed('agent', null);
      if (pause.state() === null) wake();
    },
  });
  const paused = () => pause.state() !== null;
  const desk = new TaskDesk({
    ...{ parts, kinds: taskKinds, notifications, changed, paused },
    leftoversChanged(endpointId) {
      events.changed('endpoints', endpointId);
      events.changed('audit', null);
    },
  });
  const begin: TaskDesk['begin'] = (...order) => desk.begin(...order);
  const resume: TaskDesk['resume'] = (...order) => desk.resume(...order);
  const domains = openDomains({ parts, events, announcer, notifications, pause, begin, resume });
  const clearUp: DomainLoop = {
    ...{ name: 'clear-up', firstTurnMs, wokenBy: ['agent', 'ended-task'] },
    turn: () => desk.clearUp(),
  };
  const loops = new Loops([...domains.loops, clearUp], clock, log);
  events.on((event) => {
    if (event.type === 'changed' && event.topic === 'notifications') loops.wake('notification');
  });
  const wake = (): void => {
    desk.wake();
    loops.wake('agent');
  };
  return { events, notifications, pause, desk, loops, wake, domains };
}

/** Nothing runs before `start`. */
export function makeAgent(parts: AgentParts): Agent {
  const { events, notifications, pause, desk, loops, wake, domains } = join(parts);
  return {
    ...domains.commands,
    events,
    pause,
    async start() {
      await parts.unlock();
      pause.start();
      desk.start();
      loops.start();
      notifications.levelMayHaveChanged();
    },
    async stop(graceMs = 10_000) {
      notifications.stop();
      pause.stop();
      await Promise.all([desk.stop(graceMs), domains.stop(), loops.stop()]);
    },
    wake() {
      pause.start();
      wake();
    },
    running: () => desk.running(),
    cancel: (taskId, caller) => desk.cancel(taskId, caller),
    decide(approvalId, yes, seenFingerprint, comment, caller) {
      const decided = desk.decide({ approvalId, yes, seenFingerprint, comment, caller });
      events.changed('approvals', decided.id);
      events.changed('notifications', null); // what asked for the decision is read
      notifications.levelMayHaveChanged();
      return decided;
    },
    loginLost: (store, why) => notifications.loginLost(store, why),
    proxyReverted: (sentence) => notifications.proxyReverted(sentence),
    askPerson: (sentence) => notifications.serverAsks(sentence),
    keychainState: () => parts.keychainState(),
  };
}
