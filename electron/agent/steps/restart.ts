import { changingRetries } from '../tasks/retry.ts';
import type { Step } from './step.ts';

/** Of an endpoint that serves what was installed from the moment it was. */
export const servesAlready = 'The endpoint serves what is installed without a restart.';

export const restartStep: Step = {
  name: 'restart',
  ifInterrupted: 'repeat',
  retries: changingRetries,
  async run(context) {
    const { restarts } = (await context.tools.openConnection()).endpoint.powers;
    if (restarts === null) return { kind: 'done', output: {}, sentence: servesAlready };
    const { settled } = await restarts.restart();
    return {
      kind: 'done',
      output: { settled },
      sentence: 'The endpoint was told to load what is installed.',
    };
  },
};

/** By itself: a person asked for it, and looks whether it took effect when it was cut off. */
export const restartOnlyStep: Step = {
  name: 'restart',
  ifInterrupted: 'stop',
  retries: [],
  async run(context) {
    const { restarts } = (await context.tools.openConnection()).endpoint.powers;
    if (restarts === null) return { kind: 'done', output: {}, sentence: servesAlready };
    await restarts.restart();
    return { kind: 'done', output: {}, sentence: 'The endpoint was restarted.' };
  },
};
