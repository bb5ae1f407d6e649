import { changingRetries } from '../tasks/retry.ts';
import type { Step } from './step.ts';

export const restartStep: Step = {
  name: 'restart',
  ifInterrupted: 'repeat',
  retries: changingRetries,
  async run(context) {
    const { endpoint } = await context.tools.session();
    await endpoint.restart();
    return { kind: 'done', output: {}, sentence: 'The endpoint was told to load what is installed.' };
  },
};

/** By itself: a person asked for it, and looks whether it took effect when it was cut off. */
export const restartOnlyStep: Step = {
  name: 'restart',
  ifInterrupted: 'stop',
  retries: [],
  async run(context) {
    const { endpoint } = await context.tools.session();
    await endpoint.restart();
    return { kind: 'done', output: {}, sentence: 'The endpoint was restarted.' };
  },
};
