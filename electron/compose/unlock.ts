import type { Clock } from '#kit/clock.ts';
import type { MasterKey } from '../secrets/master-key.ts';

/** A keychain that asks a person must not hold up the start: the agent starts, sealed work waits. */
const unlockPatienceMs = 3000;

/** Comes back when the master key is there, or after a few seconds. */
export async function unlockPatiently(masterKey: MasterKey, clock: Clock): Promise<void> {
  const patience = new AbortController();
  await Promise.race([masterKey.unlock(), clock.sleep(unlockPatienceMs, patience.signal).catch(() => {})]);
  patience.abort();
}
