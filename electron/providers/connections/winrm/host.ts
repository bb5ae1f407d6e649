import { randomUUID } from 'node:crypto';
import type { ExecResult } from '#kit/exec.ts';
import { Failure } from '#shared/failure.ts';
import { place as nameOf } from '../../../net/failures.ts';
import { connectionClosed, tookTooLong } from '../common/connection-failures.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { largestRead, type Place } from '../common/file-failures.ts';
import {
  isPlainWord,
  type StayingProgram,
  type WindowsHost,
  type WindowsProgram,
} from '../common/windows-host.ts';
import type { ConnectTools, LoginMaterial } from '../connection.ts';
import type { Access } from './access.ts';
import { wantsNewShell } from './faults.ts';
import { credentialMissing } from './log-in-failures.ts';
import type { WinrmPlace } from './place.ts';
import { WinrmProgram } from './program.ts';
import { Faulted, WinrmService } from './service.ts';
import { WinrmStaying } from './staying.ts';
import type { WinrmTalk } from './talk.ts';
import { Talks } from './talks.ts';

/** For what is cleared up at the end, all of it. */
const lastMs = 10_000;

/** A Windows host over WinRM: one shell kept for all programs, and a few connections to it. @internal */
export class WinrmHost implements WindowsHost {
  readonly description: string;
  readonly dialAddress: string;
  readonly credentialUsed: string;
  readonly place: Place;
  readonly #access: Access;
  readonly #service: WinrmService;
  readonly #talks: Talks;
  readonly #clearing = new Set<Promise<void>>();
  readonly #staying = new Set<StayingProgram>();
  #shell: Promise<string> | null = null;
  /** Aborts when the connection is closed: what runs is given up then. */
  readonly #ending = new AbortController();
  #closed = false;

  private constructor(access: Access) {
    const { place, source } = access;
    this.#access = access;
    this.#service = new WinrmService(access);
    this.#talks = new Talks(access);
    this.description = access.description;
    this.dialAddress = place.host;
    this.credentialUsed = `user ${place.user}, password${source === undefined ? '' : ` ${source}`}`;
    const remedy = `Give ${place.user} that permission on ${place.host}, or connect as an administrator.`;
    this.place = { host: place.host, user: place.user, remedy };
  }

  /**
   * Connects, logs in and opens a shell: who gets one may use WinRM. Rejects with a Failure about the line, the login or the
   * identity, or with the signal's reason; leaves nothing open then.
   */
  static async connect(place: WinrmPlace, login: LoginMaterial, tools: ConnectTools): Promise<WinrmHost> {
    if (login.password === undefined || place.user === '') throw credentialMissing(place);
    const { clock, log } = tools;
    const host = new WinrmHost({
      ...{
        place,
        clock,
        log: log.in('winrm'),
        source: login.source,
        refused: null,
        opening: Promise.resolve(),
      },
      password: login.password.copy(),
      description: `winrm ${place.user}@${nameOf(place)}`,
    });
    try {
      await host.#with(tools.signal, (talk, signal) => host.#openShell(talk, signal));
      return host;
    } catch (thrown) {
      await host.close();
      throw thrown;
    }
  }

  async run(program: WindowsProgram): Promise<ExecResult> {
    const {
      argv,
      stdin = Buffer.alloc(0),
      signal,
      timeoutMs = defaultTimeoutMs,
      outputBytes = largestRead,
    } = program;
    const until = this.#access.clock.monotonic() + timeoutMs;
    let started: WinrmProgram | undefined;
    try {
      return await this.#with(signal, async (talk, stop) => {
        started = await this.#begin(talk, argv, stop);
        await started.feed(talk, stdin, true, stop).catch(unlessClosed);
        const { ended: _, ...result } = await started.read(talk, { until, signal: stop, outputBytes });
        return result;
      });
    } finally {
      if (started !== undefined) void this.#clear(started); // over the connection that has become free
    }
  }

  async start(argv: WindowsProgram['argv'], signal?: AbortSignal): Promise<StayingProgram> {
    return this.#with(signal, async (talk, stop) => {
      const started = await this.#begin(talk, argv, stop);
      const staying: StayingProgram = new WinrmStaying(started, {
        clock: this.#access.clock,
        tooLong: (ms) => tookTooLong(this.#access.place.host, 'answer a script', ms),
        using: (aborted, work) => this.#with(aborted, work),
        clear: () => {
          this.#staying.delete(staying);
          return this.#clear(started);
        },
      });
      this.#staying.add(staying);
      return staying;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#ending.abort(connectionClosed(this.description));
    const { clock, log } = this.#access;
    const ended = (async () => {
      await Promise.all([...this.#staying].map((one) => one.end()));
      this.#closed = true;
      await Promise.all(this.#clearing);
      const shell = await this.#shell?.catch(() => null);
      if (shell == null) return;
      await this.#talks.using((talk) => this.#service.delete(talk, shell));
    })().catch((error: unknown) => log.debug('the shell was not deleted', { error }));
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(lastMs, resolve);
    await Promise.race([ended, late]);
    timer.cancel();
    this.#closed = true;
    this.#talks.end();
    this.#access.password.wipe();
  }

  /** Starts a program, in a new shell when the one that was kept is gone: nothing was begun then. */
  async #begin(
    talk: WinrmTalk,
    argv: WindowsProgram['argv'],
    signal: AbortSignal | undefined,
  ): Promise<WinrmProgram> {
    if (!argv.every(isPlainWord))
      throw new Error('an argument that a command interpreter could read otherwise');
    for (let again = false; ; again = true) {
      this.#shell ??= this.#openShell(talk, signal);
      const shell = this.#shell;
      const shellId = await shell;
      const ids = { shellId, commandId: randomUUID().toUpperCase() };
      try {
        const commandId = await this.#service.command(talk, shellId, argv, ids.commandId, signal);
        return new WinrmProgram({ shellId, commandId }, this.#service, this.#access.clock);
      } catch (thrown) {
        const useless = thrown instanceof Faulted && wantsNewShell(thrown.kind);
        if (!(thrown instanceof Faulted))
          void this.#clear(new WinrmProgram(ids, this.#service, this.#access.clock)); // it may have begun
        if (!useless || again) throw thrown;
        if (this.#shell === shell) this.#shell = null;
        void this.#track(this.#service.delete(talk, shellId)); // it may be there, and only full
      }
    }
  }

  /** Kept from the first try on, so that two programs do not open two. A connection that was lost is worth another try. */
  #openShell(talk: WinrmTalk, signal: AbortSignal | undefined): Promise<string> {
    const opening = this.#create(talk, signal)
      .catch((thrown: unknown) => {
        if (!(thrown instanceof Failure && thrown.code === 'connection.lost')) throw thrown;
        return this.#create(talk, signal);
      })
      .catch((thrown: unknown) => {
        if (this.#shell === opening) this.#shell = null;
        throw thrown;
      });
    this.#shell = opening;
    return opening;
  }

  async #create(talk: WinrmTalk, signal: AbortSignal | undefined): Promise<string> {
    const wanted = randomUUID().toUpperCase();
    let asked = false;
    const onSending = () => {
      asked = true;
    };
    try {
      return await this.#service.create(talk, wanted, { signal, onSending });
    } catch (thrown) {
      // the answer was lost, and the shell may be there
      if (asked && !(thrown instanceof Faulted)) void this.#track(this.#service.delete(talk, wanted));
      throw thrown;
    }
  }

  /** Ends the program, or what the service keeps of it: without being waited for, on a connection that no one waits on. */
  #clear({ ids }: WinrmProgram): Promise<void> {
    const { free } = this.#talks;
    if (free !== null) return this.#track(this.#service.signal(free, ids));
    return this.#track(this.#with(undefined, (talk) => this.#service.signal(talk, ids), true));
  }

  /** What is cleared up: `close` waits for it, and nothing that goes wrong with it matters to anyone. */
  #track(work: Promise<unknown>): Promise<void> {
    const done = work.then(
      () => {},
      (error: unknown) => this.#access.log.debug('nothing could be cleared up', { error }),
    );
    this.#clearing.add(done);
    void done.then(() => this.#clearing.delete(done));
    return done;
  }

  /** Gives a connection that no one else uses, and the signal to heed; makes a Failure of what is thrown. */
  async #with<T>(
    signal: AbortSignal | undefined,
    work: (talk: WinrmTalk, stop: AbortSignal) => Promise<T>,
    evenClosed = false,
  ): Promise<T> {
    const signals = [...(signal === undefined ? [] : [signal]), ...(evenClosed ? [] : [this.#ending.signal])];
    const stop = AbortSignal.any(signals);
    stop.throwIfAborted();
    try {
      return await this.#talks.using((talk) => {
        stop.throwIfAborted();
        return work(talk, stop);
      });
    } catch (thrown) {
      stop.throwIfAborted();
      throw this.#service.failureOf(thrown);
    }
  }
}

/** It reads no more, and may go on without: how it ends tells the rest. */
function unlessClosed(thrown: unknown): void {
  if (!(thrown instanceof Faulted && thrown.kind === 'input-closed')) throw thrown;
}
