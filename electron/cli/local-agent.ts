import { systemClock } from '#kit/clock.ts';
import { accountName } from '#kit/paths.ts';
import { compose } from '../compose.ts';
import { clientInProcess } from '../transport/in-process.ts';
import type { LocalAgent } from './io.ts';

/** A keychain that wants to ask somebody must not hold up a command that may not need it. */
const unlockPatienceMs = 3_000;

/** Carries out `trustkeep recover`, by the one agent of the data directory. Gives the sentence that says what was done. */
export async function recoverLocally(dataDirectory: string, answer: 'backup' | 'new-start'): Promise<string> {
  let sentence = '';
  const by = { origin: 'cli' as const, actor: accountName() };
  const done = (said: string) => {
    sentence = said;
  };
  const composed = await compose({ face: 'cli', dataDirectory, begins: false, ifGone: { answer, by, done } });
  await composed.stop();
  return sentence;
}

/** The same agent, without a socket, inside the command. Loaded only when no agent runs: it is most of the program. */
export async function startLocalAgent(dataDirectory: string, begins: boolean): Promise<LocalAgent> {
  const composed = await compose({ face: 'cli', dataDirectory, begins });
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
