import type { Clock } from '#kit/clock.ts';
import { accountName } from '#kit/paths.ts';
import type { Settings } from '#shared/model/settings.ts';
import { placeOf } from '#shared/model/subject.ts';
import { factsOfTask } from '#shared/model/task.ts';
import type { Agent } from '../agent/agent.ts';
import { silenceSentence } from '../agent/policies/silence.ts';
import { renewalSilence } from '../agent/renewal-check.ts';
import type { Database } from '../database/database.ts';
import { clientInProcess } from '../transport/in-process.ts';
import type { AppRouter } from '../transport/port.ts';

interface Parts {
  agent: Agent;
  database: Database;
  clock: Clock;
  router: AppRouter;
  settings(): Settings;
}

/** What tray, notifications and quitting ask of the agent; what changes something goes through the contract, as this account. */
export type DesktopQuestions = ReturnType<typeof desktopQuestions>;

export function desktopQuestions({ agent, database, clock, router, settings }: Parts) {
  const client = () => clientInProcess(router, { origin: 'gui', actor: accountName() });
  return {
    agentName: () => settings().agent_name || null,
    pausedUntil: () => agent.pause.state()?.until ?? null,
    pause: (untilTomorrow: boolean) =>
      client().agent.pause(untilTomorrow ? { until_tomorrow: true } : { minutes: 60 }),
    resume: () => client().agent.resume({}),
    running: () => agent.running().map((task) => `${factsOfTask(task).title} ${placeOf(task.subject)}`),
    silence() {
      const now = clock.now();
      const since = renewalSilence(database, now);
      return since === null ? null : silenceSentence(since, now);
    },
    digestMs: () => settings().digest_minutes * 60_000,
    waitingPlan(approvalOrTask: string) {
      const found = database.approvals.get(approvalOrTask) ?? database.approvals.ofTask(approvalOrTask);
      if (found?.state !== 'pending') return null;
      return { approvalId: found.id, fingerprint: found.plan.fingerprint };
    },
    approve: (plan: { approvalId: string; fingerprint: string }) =>
      client().approvals.approve({ approval: plan.approvalId, fingerprint: plan.fingerprint }),
    checkForUpdates: () => client().autoupdate.check({}),
  };
}
