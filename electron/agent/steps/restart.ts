import type { Plan } from '#shared/model/plan.ts';
import type { Restarted } from '../../providers/endpoints/endpoint.ts';
import { changingRetries } from '../tasks/retry.ts';
import { planOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';

/** Of an endpoint that serves what was installed from the moment it was. */
export const servesAlready = 'The endpoint serves what is installed without a restart.';

/** The sentence, and that of the script that restarted the endpoint; that nothing was done, where nothing was. */
export function withSaid(sentence: string, { said, noScript }: Restarted): string {
  if (noScript)
    return 'Nothing was restarted: there is no restart script, so the program must notice the change on its own.';
  return said === undefined ? sentence : `${sentence} ${said}`;
}

export const restartStep: Step = {
  name: 'restart',
  ifInterrupted: 'repeat',
  retries: changingRetries,
  async run(context) {
    const { plan } = context.output('plan', planOutput);
    if (plan.restarts === 'separately' && !isAsked(context)) return waitForRestart(plan);
    const { restarts } = (await context.tools.openConnection()).endpoint.powers;
    if (restarts === null) return { kind: 'done', output: {}, sentence: servesAlready };
    const restarted = await restarts.restart();
    return {
      kind: 'done',
      output: { settled: restarted.settled },
      sentence: withSaid('The endpoint was told to load what is installed.', restarted),
    };
  },
};

const isAsked = ({ memory }: StepContext): boolean => memory.input.restartAsked === true;

function waitForRestart({ endpointName }: Plan): Outcome {
  return {
    kind: 'wait',
    waitingFor: 'endpoint-restart',
    until: null,
    sentence: `Installed, and not served yet: restart required. Run: trustkeep tls restart ${endpointName}`,
  };
}
