import { asFailure } from '#shared/failure.ts';
import type { StepContext } from './step.ts';

/**
 * What `look` says of a seal. Once the endpoint is being changed, a keychain that was locked meanwhile must not leave it half
 * changed: then what this process itself found of the same content before counts. Nothing stored says so, and after a
 * restart of the agent the task waits for the keychain. `what` names the content in full.
 */
export function sealedHere({ memory, seen }: StepContext, what: string, look: () => boolean): boolean {
  try {
    const answer = look();
    if (memory.changing) seen.set(what, answer);
    return answer;
  } catch (error) {
    const known = memory.changing ? seen.get(what) : undefined;
    if (known !== undefined && asFailure(error).about === 'keychain') return known;
    throw error;
  }
}
