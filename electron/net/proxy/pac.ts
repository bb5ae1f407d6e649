import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { type PacAnswer, readPacAnswer } from './pac-answer.ts';
import { pacFailed, pacNonsense, pacTooSlow, pacUnreadable, shownUrl } from './pac-failures.ts';
import { type FetchDirectly, fetchPac, type PacText } from './pac-file.ts';
import { makePacMachine, type PacMachine, type PacWorld, ScriptTrouble } from './pac-machine.ts';
import { inNetwork, makePacNames, type NamesOfQuestion, ownAddresses } from './pac-names.ts';

/** When the file is looked at again, and how soon after a look that failed, or when no way of its answers works. */
const refreshAfterMs = { usual: 10 * 60_000, failed: 60_000, none: 5000, noWay: 10_000 };
/** For one question, name look-ups included. */
const questionMs = 5000;
/** A script that takes too long for a destination does so again; it is not run for it meanwhile. */
const tooSlowKeptMs = 60_000;
const longestNote = 300;
/** To one question; a script that says more is not listened to. */
const mostNotes = 20;
const mostTries = 3;

interface Loaded {
  text: PacText;
  machine: PacMachine;
}

interface PacParts {
  url: string;
  fetch: FetchDirectly;
  clock: Clock;
  log: Log;
}

/** One PAC file, and the answers of its script. */
export class Pac {
  readonly #parts: PacParts;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #names: () => NamesOfQuestion;
  readonly #slow = new Map<string, { failure: Failure; until: number }>();
  #current: NamesOfQuestion | null = null;
  /** Of what the script said to the question it is asked just now. */
  #noted = 0;
  #mine: string[] = ['127.0.0.1'];
  #loaded: Loaded | null = null;
  #lastFailure: Failure | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #refreshAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | null = null;

  constructor(parts: PacParts) {
    this.#parts = parts;
    this.#url = parts.url;
    this.#clock = parts.clock;
    this.#log = parts.log.in('pac');
    this.#names = makePacNames(parts.clock);
  }

  /** No way of an answer works: the file may be of another network. True when it was just looked at and changed. */
  async doubt(): Promise<boolean> {
    if (this.#clock.monotonic() - this.#lookedAt < refreshAfterMs.noWay) return false;
    const before = this.#loaded?.text.script;
    this.#refreshAt = Number.NEGATIVE_INFINITY;
    await this.#upToDate();
    return this.#loaded?.text.script !== before;
  }

  close(): void {
    this.#loaded?.machine.close();
    this.#loaded = null;
  }

  /** Rejects with Failure `proxy.pac-*`. Fetches the file when it is time to. Safe concurrently. */
  async ask(target: URL): Promise<PacAnswer & { text: string }> {
    await this.#upToDate();
    const asked = shownToPac(target);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const known = this.#slow.get(asked);
    if (known !== undefined && known.until > this.#clock.monotonic()) throw known.failure;
    try {
      const text = await this.#answerOf(asked, host);
      const answer = readPacAnswer(text);
      if (answer.ways.length === 0) throw pacNonsense(this.#url, host, text);
      return { ...answer, text };
    } catch (error) {
      if (!(error instanceof ScriptTrouble)) throw error;
      if (error.kind === 'failed') throw pacFailed(this.#url, host, error.message, error);
      const failure = pacTooSlow(this.#url, host, error);
      if (this.#slow.size > 100) this.#slow.clear();
      this.#slow.set(asked, { failure, until: this.#clock.monotonic() + tooSlowKeptMs });
      throw failure;
    }
  }

  /** What a script may ask of the machine it runs on. */
  #world(): PacWorld {
    return {
      resolve: (name, all) => this.#current?.resolve(name, all) ?? null,
      mine: (all) =>
        all ? this.#mine.join(';') : (this.#mine.find((one) => !one.includes(':')) ?? '127.0.0.1'),
      within: inNetwork,
      note: (text) => {
        if (this.#noted++ < mostNotes)
          this.#log.debug('the PAC file says', { text: text.slice(0, longestNote) });
      },
    };
  }

  async #load(text: PacText): Promise<Loaded> {
    try {
      return {
        text,
        machine: await unstarved(() => makePacMachine(text.script, this.#world(), this.#clock)),
      };
    } catch (error) {
      if (!(error instanceof ScriptTrouble)) throw error;
      throw error.kind === 'failed'
        ? pacUnreadable(this.#url, error.message, error)
        : pacTooSlow(this.#url, null, error);
    }
  }

  async #refresh(): Promise<void> {
    this.#lookedAt = this.#clock.monotonic();
    try {
      const text = await fetchPac(this.#url, this.#loaded?.text ?? null, this.#parts);
      this.#mine = await ownAddresses(new URL(this.#url).hostname.replace(/^\[|\]$/g, ''));
      if (text !== null && text.script !== this.#loaded?.text.script) {
        const next = await this.#load(text);
        this.#loaded?.machine.close();
        this.#loaded = next;
        this.#slow.clear();
        this.#log.info(`the PAC file ${shownUrl(this.#url)} was loaded`, { bytes: text.script.length });
      } else if (text !== null && this.#loaded !== null) this.#loaded = { ...this.#loaded, text };
      this.#lastFailure = null;
      this.#refreshAt = this.#clock.monotonic() + refreshAfterMs.usual;
    } catch (error) {
      this.#lastFailure = asFailure(error);
      this.#refreshAt =
        this.#clock.monotonic() + (this.#loaded === null ? refreshAfterMs.none : refreshAfterMs.failed);
      if (this.#loaded !== null)
        this.#log.warn('the PAC file could not be fetched again; the previous one stays in use', { error });
    }
  }

  #upToDate(): Promise<void> {
    if (this.#refreshing === null && this.#clock.monotonic() >= this.#refreshAt)
      this.#refreshing = this.#refresh().finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing ?? Promise.resolve();
  }

  /** A machine that was stopped is spent: the script gets a new one. */
  async #machine(): Promise<PacMachine> {
    if (this.#loaded === null) throw this.#lastFailure ?? new Error('there is no PAC file');
    if (this.#loaded.machine.spent()) this.#loaded = await this.#load(this.#loaded.text);
    return this.#loaded.machine;
  }

  async #answerOf(asked: string, host: string): Promise<string> {
    const question = this.#names();
    const end = this.#clock.monotonic() + questionMs;
    for (;;) {
      const answer = await unstarved(async () => {
        const running = await this.#machine();
        this.#current = question;
        this.#noted = 0;
        return running.ask(asked, host);
      });
      if (!question.missed()) {
        if ('notText' in answer) throw pacNonsense(this.#url, host, answer.notText);
        return answer.text ?? '';
      }
      const left = end - this.#clock.monotonic();
      const patience = new AbortController();
      const late = this.#clock.sleep(Math.max(0, left), patience.signal).then(
        () => true,
        () => false,
      );
      const tooLate = await Promise.race([question.learn().then(() => false), late]);
      patience.abort();
      if (tooLate) throw pacTooSlow(this.#url, host);
    }
  }
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
