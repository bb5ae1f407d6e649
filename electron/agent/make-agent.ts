import type { Task } from '#shared/model/task.ts';
import type { Agent } from './agent.ts';
import { Announcer } from './announcer.ts';
import type { DomainLoop } from './domain.ts';
import { openDomains, taskKinds } from './domains.ts';
import { Events } from './events.ts';
import { firstTurnMs, Loop } from './loops/loop.ts';
import { Notifications } from './notifications.ts';
import type { AgentParts } from './parts.ts';
import { TaskDesk } from './tasks/desk.ts';

/** Joins the desk for tasks with the domains of `domains.ts`. Nothing runs before `start`. */
export function makeAgent(parts: AgentParts): Agent {
  const { database, clock, log } = parts;
  const events = new Events(clock);
  const notifications = new Notifications(database, events, clock);
  const announcer = new Announcer({ database, events, notifications, kinds: taskKinds });
  const changed = (task: Task): void => {
    announcer.task(task);
    if (task.finishedAt !== null) wakeLoops('ended-task');
  };
  const leftoversChanged = (endpointId: string): void => {
    events.changed('endpoints', endpointId);
    events.changed('audit', null);
  };
  const desk = new TaskDesk({ parts, kinds: taskKinds, notifications, changed, leftoversChanged });
  const begin: TaskDesk['begin'] = (...order) => desk.begin(...order);
  const domains = openDomains({ parts, events, announcer, notifications, begin });
  const clearUp: DomainLoop = {
    ...{ name: 'clear-up', firstTurnMs, wokenBy: ['agent', 'ended-task'] },
    turn: () => desk.clearUp(),
  };
  const loops = [...domains.loops, clearUp].map((about) => ({
    about,
    loop: new Loop(about.name, clock, log, () => about.turn()),
  }));
  const wakeLoops = (by: 'agent' | 'ended-task'): void => {
    for (const { about, loop } of loops) if (about.wokenBy.includes(by)) loop.wake();
  };
  return {
    ...domains.commands,
    events,
    async start() {
      await parts.unlock();
      desk.start();
      for (const { about, loop } of loops) loop.start(about.firstTurnMs);
      notifications.levelMayHaveChanged();
    },
    async stop(graceMs = 10_000) {
      notifications.stop();
      await Promise.all([desk.stop(graceMs), ...loops.map(({ loop }) => loop.stop())]);
    },
    wake() {
      desk.wake();
      wakeLoops('agent');
    },
    cancel: (taskId, caller) => desk.cancel(taskId, caller),
    decide(approvalId, yes, seenFingerprint, comment, caller) {
      const decided = desk.decide({ approvalId, yes, seenFingerprint, comment, caller });
      events.changed('approvals', decided.id);
      notifications.levelMayHaveChanged();
      return decided;
    },
    loginLost: (store, why) => notifications.loginLost(store, why),
    proxyReverted: (sentence) => notifications.proxyReverted(sentence),
    askPerson: (sentence) => notifications.serverAsks(sentence),
    keychainState: () => parts.keychainState(),
  };
}
