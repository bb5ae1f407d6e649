import type { ServiceState } from '../service.ts';
import { programOf } from './command-line.ts';
import type { SeenService } from './scm.ts';
import { howEnded, states } from './structs.ts';

/** What Windows says of the service, for a person; `log`: where the agent wrote why it ended. Null: not installed. */
export function stateOf(seen: SeenService | null, log: string): ServiceState {
  if (seen === null)
    return {
      ...{ manager: 'windows', installed: false, running: false, startsAtBoot: false },
      ...{ sentence: 'The service is not installed.', file: '', account: null, processId: null },
    };
  return {
    manager: 'windows',
    installed: true,
    running: seen.state === states.running,
    startsAtBoot: seen.start === automatic,
    sentence: sentenceOf(seen, log),
    file: programOf(seen.path),
    account: seen.account,
    processId: seen.processId,
  };
}

const automatic = 2;
const disabled = 4;

function sentenceOf({ state, start, exitCode }: SeenService, log: string): string {
  switch (state) {
    case states.running:
      return 'The service is running.';
    case states.starting:
      return 'The service is starting.';
    case states.stopping:
      return 'The service is stopping: its running steps may finish.';
    case states.stopped:
      if (start === disabled) return 'The service is disabled.';
      return exitCode === null
        ? 'The service is stopped.'
        : `The service ended ${howEnded(exitCode)}; Windows may start it again. See: ${log}`;
    default:
      return `The service is in state ${state} of Windows.`;
  }
}
