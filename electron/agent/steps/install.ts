import { asFailure } from '#shared/failure.ts';
import type { Plan } from '#shared/model/plan.ts';
import { changingRetries } from '../tasks/retry.ts';
import { material, wipe } from './material.ts';
import { checkMaterialOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';
import { whyNotKept } from './undo-guard.ts';

export const installStep: Step = {
  name: 'install',
  ifInterrupted: 'repeat',
  retries: changingRetries,
  changesEndpoint: true,
  async run(context) {
    const { plan } = context.output('check-material', checkMaterialOutput);
    const { endpoint } = await context.tools.openConnection();
    // nothing is changed without a way back; also not by a task that had ended, and is put back as it was
    const failure = await whyNotKept(context, endpoint, plan);
    if (failure !== null) return { kind: 'failed', failure, untouched: true };
    const used = material(context);
    try {
      const tested = await endpoint.install(plan.install, used);
      return await afterScript(context, plan, tested === null ? '' : ` ${tested}`);
    } catch (error) {
      const refused = asFailure(error);
      // what someone else has put there meanwhile is not for us to undo
      if (refused.code === 'endpoint.drifted') return { kind: 'failed', failure: refused, untouched: true };
      throw error;
    } finally {
      wipe(used);
    }
  },
};

/** P12, JKS and PEM endpoints may have an install script. Its failure is told, not undone: the proof decides. */
async function afterScript(context: StepContext, { install }: Plan, tested: string): Promise<Outcome> {
  const { endpoint } = await context.tools.openConnection();
  const ran = (await endpoint.powers.runsScripts?.runInstallScript(install)) ?? null;
  if (ran === null)
    return { kind: 'done', output: {}, sentence: `Everything was written as planned.${tested}` };
  if (ran.code === 0)
    return {
      kind: 'done',
      output: {},
      sentence: `Everything was written as planned.${tested} Then the install script ran and ended with code 0${spoken(ran.said)}.`,
    };
  return {
    kind: 'done-with-warning',
    output: {},
    sentence: `Key and chain were written, but the install script ended with code ${ran.code}${spoken(ran.said)}.`,
  };
}

/** What a script printed, at the end of a sentence. */
export const spoken = (said: string): string => (said === '' ? '' : `: ${said.replace(/\.$/, '')}`);
