import type { AgentStatus } from '#shared/contract/agent.ts';
import type { Failure } from '#shared/failure.ts';
import type { FailureVerdict } from '#shared/failure-codes/code.ts';
import { factsOf } from '#shared/failure-codes.ts';
import type { Task } from '#shared/model/task.ts';

/** What a script can tell from the exit code alone. The page docs/cli.md shows this very table. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  waitsForPerson: 3,
  tryLater: 4,
  notFound: 5,
  restored: 6,
  notRestored: 7,
  interrupted: 130,
} as const;

export const exitCodeWords: Record<keyof typeof exitCodes, string> = {
  ok: 'Success. A check (probe, test, verify) found no problems.',
  failed: 'It failed, and someone has to change something first. A check found a problem.',
  usage: 'The command line or a value in it is wrong. Nothing was done.',
  waitsForPerson: 'With --wait: the task is waiting for approval, or for the keychain to be unlocked.',
  tryLater: 'It failed now, but may succeed later without any change.',
  notFound: 'Something named does not exist, or no agent answers.',
  restored: 'With --wait: the task failed, and the previous state is back and proved to be served.',
  notRestored:
    'With --wait: the task failed, and the previous state is not back, or that is not proved. Check it now.',
  interrupted: 'Stopped with Ctrl+C. A task that was started continues in the running agent.',
};

const byVerdict: Record<FailureVerdict, number> = {
  'wrong-call': exitCodes.usage,
  'not-there': exitCodes.notFound,
  fault: exitCodes.failed,
};

/** By what the list of codes says. A code that only another version knows ends by its `retry` alone. */
export function codeOfFailure({ code, retry, about }: Pick<Failure, 'code' | 'retry' | 'about'>): number {
  const verdict = factsOf(code)?.verdict ?? null;
  if (verdict !== null) return byVerdict[verdict];
  // a locked keychain is worth waiting for, and yet somebody has to unlock it
  if (about === 'keychain') return exitCodes.failed;
  return retry === 'later' || retry === 'after' ? exitCodes.tryLater : exitCodes.failed;
}

/** For a task that has ended, or waits. */
export function codeOfTask({ state, restored, waitingFor }: Task): number {
  switch (state) {
    case 'succeeded':
    case 'succeeded-with-warnings':
      return exitCodes.ok;
    case 'failed':
      if (restored === 'proved') return exitCodes.restored;
      return restored === 'unproved' || restored === 'failed' ? exitCodes.notRestored : exitCodes.failed;
    case 'cancelled':
      return exitCodes.failed;
    default:
      return waitingFor === 'approval' || waitingFor === 'keychain' || waitingFor === 'endpoint-restart'
        ? exitCodes.waitsForPerson
        : exitCodes.tryLater;
  }
}

/** Renewals are checked, and what they need is not sealed: right after the start, the key has not been looked for yet. */
function isWell({ renewals, keychain }: AgentStatus): boolean {
  return renewals.silentSince === null && ['ready', 'opening'].includes(keychain.state);
}

/** Some answers are themselves a verdict. */
export function codeOfOutput(path: string, output: unknown): number {
  const verdict = output as { ok?: boolean; state?: string; text?: string };
  switch (path) {
    case 'agent.status':
      return isWell(output as AgentStatus) ? exitCodes.ok : exitCodes.failed;
    case 'agent.license':
      return verdict.text === '' ? exitCodes.notFound : exitCodes.ok;
    case 'endpoints.probe':
    case 'authorities.test':
    case 'certificates.rehearse':
    case 'credentialStores.verify':
    case 'proxy.test':
    case 'channels.test':
    case 'audit.verify':
      return verdict.ok === false ? exitCodes.failed : exitCodes.ok;
    case 'secrets.unlock':
      return verdict.state === 'ready' ? exitCodes.ok : exitCodes.failed;
    case 'nodes.verify':
      return verdict.state === 'same' || verdict.state === 'unknown' ? exitCodes.ok : exitCodes.failed;
    default:
      return exitCodes.ok;
  }
}
