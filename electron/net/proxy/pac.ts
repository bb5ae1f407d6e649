import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { type PacAnswer, readPacAnswer } from './pac-answer.ts';
import { pacFailed, pacNonsense, pacTooSlow, pacUnreadable, shownUrl } from './pac-failures.ts';
import { type FetchDirectly, fetchPac, type PacText } from './pac-file.ts';
import { makePacMachine, type PacMachine, ScriptTrouble } from './pac-machine.ts';
import { inNetwork, makePacNames, type NamesOfQuestion, ownAddresses } from './pac-names.ts';

/** When the file is looked at again, and how soon after a look that failed, or when no way of its answers works. */
const lookAgainMs = { usual: 10 * 60_000, failed: 60_000, none: 5000, noWay: 10_000 };
/** For one question, name look-ups included. */
const questionMs = 5000;
/** A script that takes too long for a destination does so again; it is not run for it meanwhile. */
const tooSlowKeptMs = 60_000;
const longestNote = 300;
/** To one question; a script that says more is not listened to. */
const mostNotes = 20;
const mostTries = 3;

export interface Pac {
  /** Rejects with Failure `proxy.pac-*`. Fetches the file when it is time to. Safe concurrently. */
  ask(url: URL): Promise<PacAnswer & { text: string }>;
  /** No way of an answer works: the file may be of another network. True when it was just looked at and changed. */
  doubt(): Promise<boolean>;
  close(): void;
}

interface Loaded {
  text: PacText;
  machine: PacMachine;
}

export function makePac(options: { url: string; fetch: FetchDirectly; clock: Clock; log: Log }): Pac {
  const { url, clock } = options;
  const log = options.log.in('pac');
  const names = makePacNames(clock);
  const slow = new Map<string, { failure: Failure; until: number }>();
  let current: NamesOfQuestion | null = null;
  let noted = 0;
  let mine: string[] = ['127.0.0.1'];
  let loaded: Loaded | null = null;
  let lastFailure: Failure | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let lookAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;

  const world = {
    look: (name: string, all: boolean) => current?.look(name, all) ?? null,
    mine: (all: boolean) => (all ? mine.join(';') : (mine.find((one) => !one.includes(':')) ?? '127.0.0.1')),
    within: inNetwork,
    note(text: string) {
      if (noted++ < mostNotes) log.debug('the PAC file says', { text: text.slice(0, longestNote) });
    },
  };

  async function load(text: PacText): Promise<Loaded> {
    try {
      return { text, machine: await unstarved(() => makePacMachine(text.script, world, clock)) };
    } catch (error) {
      if (!(error instanceof ScriptTrouble)) throw error;
      throw error.kind === 'failed' ? pacUnreadable(url, error.message, error) : pacTooSlow(url, null, error);
    }
  }

  async function look(): Promise<void> {
    lookedAt = clock.monotonic();
    try {
      const text = await fetchPac(url, loaded?.text ?? null, options);
      mine = await ownAddresses(new URL(url).hostname.replace(/^\[|\]$/g, ''));
      if (text !== null && text.script !== loaded?.text.script) {
        const next = await load(text);
        loaded?.machine.close();
        loaded = next;
        slow.clear();
        log.info(`the PAC file ${shownUrl(url)} was loaded`, { bytes: text.script.length });
      } else if (text !== null && loaded !== null) loaded = { ...loaded, text };
      lastFailure = null;
      lookAt = clock.monotonic() + lookAgainMs.usual;
    } catch (error) {
      lastFailure = asFailure(error);
      lookAt = clock.monotonic() + (loaded === null ? lookAgainMs.none : lookAgainMs.failed);
      if (loaded !== null)
        log.warn('the PAC file could not be fetched again; the previous one stays in use', { error });
    }
  }

  function upToDate(): Promise<void> {
    if (looking === null && clock.monotonic() >= lookAt)
      looking = look().finally(() => {
        looking = null;
      });
    return looking ?? Promise.resolve();
  }

  /** A machine that was stopped is spent: the script gets a new one. */
  async function machine(): Promise<PacMachine> {
    if (loaded === null) throw lastFailure ?? new Error('there is no PAC file');
    if (loaded.machine.spent()) loaded = await load(loaded.text);
    return loaded.machine;
  }

  async function answerOf(asked: string, host: string): Promise<string> {
    const question = names();
    const end = clock.monotonic() + questionMs;
    for (;;) {
      const answer = await unstarved(async () => {
        const running = await machine();
        current = question;
        noted = 0;
        return running.ask(asked, host);
      });
      if (!question.missed()) {
        if ('notText' in answer) throw pacNonsense(url, host, answer.notText);
        return answer.text ?? '';
      }
      const left = end - clock.monotonic();
      const patience = new AbortController();
      const late = clock.sleep(Math.max(0, left), patience.signal).then(
        () => true,
        () => false,
      );
      const tooLate = await Promise.race([question.learn().then(() => false), late]);
      patience.abort();
      if (tooLate) throw pacTooSlow(url, host);
    }
  }

  async function ask(target: URL): Promise<PacAnswer & { text: string }> {
    await upToDate();
    const asked = shownToPac(target);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const known = slow.get(asked);
    if (known !== undefined && known.until > clock.monotonic()) throw known.failure;
    try {
      const text = await answerOf(asked, host);
      const answer = readPacAnswer(text);
      if (answer.ways.length === 0) throw pacNonsense(url, host, text);
      return { ...answer, text };
    } catch (error) {
      if (!(error instanceof ScriptTrouble)) throw error;
      if (error.kind === 'failed') throw pacFailed(url, host, error.message, error);
      const failure = pacTooSlow(url, host, error);
      if (slow.size > 100) slow.clear();
      slow.set(asked, { failure, until: clock.monotonic() + tooSlowKeptMs });
      throw failure;
    }
  }

  return {
    ask,
    async doubt() {
      if (clock.monotonic() - lookedAt < lookAgainMs.noWay) return false;
      const before = loaded?.text.script;
      lookAt = Number.NEGATIVE_INFINITY;
      await upToDate();
      return loaded?.text.script !== before;
    },
    close() {
      loaded?.machine.close();
      loaded = null;
    },
  };
}

/** Stopped because others had the processor, a script may run again. */
async function unstarved<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ScriptTrouble) || error.kind !== 'starved' || tries === mostTries) throw error;
    }
  }
}

/** What is asked for below an https address is nobody's business but the server's. */
function shownToPac(url: URL): string {
  if (url.protocol === 'https:') return `${url.origin}/`;
  return `${url.origin}${url.pathname}${url.search}`;
}
