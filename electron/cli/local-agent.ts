import { systemClock } from '#kit/clock.ts';
import { accountName } from '#kit/paths.ts';
import { compose } from '../compose.ts';
import { clientInProcess } from '../transport/in-process.ts';
import type { LocalAgent } from './io.ts';

/** A keychain that wants to ask somebody must not hold up a command that may not need it. */
const unlockPatienceMs = 3_000;

/** The same agent, without a socket, inside the command. Loaded only when no agent runs: it is most of the program. */
export async function startLocalAgent(dataDirectory: string): Promise<LocalAgent> {
  const composed = await compose({ face: 'cli', dataDirectory });
  const client = clientInProcess(composed.router, { origin: 'cli', actor: accountName() });
  return {
    client,
    async unlock() {
      const patience = new AbortController();
      const enough = systemClock.sleep(unlockPatienceMs, patience.signal).catch(() => {});
      await Promise.race([composed.masterKey.unlock().catch(() => {}), enough]);
      patience.abort();
    },
    start: () => composed.start(),
    stop: () => composed.stop(),
  };
}
