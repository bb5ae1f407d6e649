import type { Client } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Failure } from '#shared/failure.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { largestRead } from '../common/file-failures.ts';
import * as posix from '../common/posix.ts';
import type { Script } from '../common/posix-host.ts';
import { SessionRefused, sessionFailure } from './channel.ts';
import { loopOf, NotBegun } from './kept-shell.ts';
import { KeptShells } from './kept-shells.ts';
import { Queue } from './queue.ts';
import { shellLine } from './quote.ts';
import { type RemoteExec, startRemoteExec } from './remote-exec.ts';
import { type Elevation, elevate, stdinHead } from './sudo.ts';

/** Room for the marker and for what login files print. */
const roomBytes = 1024 * 1024;
/** More at a time only raise the latency of each, and sshd allows ten sessions by default. */
const atATime = 4;
/** Milliseconds before a session is asked for again: a server notices late that one has ended, by its next round. */
const refusedWaits = [5, 10, 20, 50, 100, 250, 500, 1000, 1000, 1000, 2000];

/** For failures, and what divides our output from the noise. */
interface Where {
  description: string;
  host: string;
  marker: string;
}

/** The sessions of one connection: scripts run in them, a few at a time, each in one of its own or in one that is kept. */
export class Sessions {
  /** How the next session gets its rights. */
  elevation: Elevation = { how: 'none', why: '' };
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #where: Where;
  readonly #queue = new Queue(atATime);
  readonly #execs = new Set<RemoteExec>();
  readonly #shells: KeptShells;
  #ended: Failure | null = null;

  constructor(client: Client, clock: Clock, where: Where) {
    this.#client = client;
    this.#clock = clock;
    this.#where = where;
    this.#shells = new KeptShells(client, clock);
  }

  /** Why there are none any longer. */
  get ended(): Failure | null {
    return this.#ended;
  }

  /** From now on everything rejects with `why`, also what runs. */
  end(why: Failure): void {
    this.#ended ??= why;
    for (const exec of this.#execs) exec.stop(this.#ended);
    this.#shells.stop(this.#ended);
  }

  /**
   * Runs a script in a session of its own, behind the prologue. How many sessions a server allows is found out by being
   * refused one: from then on no more are asked for than it had open. It may also not have noticed yet that one has ended.
   */
  async run(script: Script): Promise<ExecResult> {
    for (let turn = 0; ; turn += 1) {
      try {
        return await this.#inSession(script);
      } catch (error) {
        const wait = refusedWaits[turn];
        if (!(error instanceof SessionRefused)) throw error;
        if (wait === undefined || this.#ended !== null) throw this.#explain(error, script.signal);
        this.#askForFewer();
        await this.#clock.sleep(wait);
      }
    }
  }

  /**
   * Runs a script in a command interpreter that is there already, or stays for the next one: in a session of its own it would cost
   * a process of the server and a login interpreter besides. Null: nothing was run, and a session of its own is to be tried,
   * which tells what is wrong. Where the server allows one session, none is kept.
   */
  inKeptShell(script: Script): Promise<ExecResult | null> {
    return this.#queue.run(async () => {
      if (this.#ended !== null) throw this.#ended;
      if (this.#queue.limit === 1) return null;
      const head: Buffer[] = [];
      const start = () => {
        head.push(...stdinHead(this.elevation, this.#where.marker));
        const { marker } = this.#where;
        return { head, marker, line: this.#line(loopOf(marker), []) };
      };
      try {
        return await this.#shells.use(start, (shell) => shell.run({ ...script, ...limits(script) }));
      } catch (error) {
        if (this.#ended !== null) throw this.#ended;
        if (error instanceof NotBegun) return null;
        if (!(error instanceof SessionRefused)) throw this.#explain(error, script.signal);
        this.#askForFewer();
        return null;
      } finally {
        for (const part of head) part.fill(0);
      }
    });
  }

  #askForFewer(): void {
    this.#queue.lower([...this.#execs].filter(({ isOpen }) => isOpen).length + this.#shells.open);
    this.#shells.endIdle();
  }

  #inSession(script: Script): Promise<ExecResult> {
    return this.#queue.run(async () => {
      if (this.#ended !== null) throw this.#ended;
      // one that is kept has a session which this one may need
      while (this.#execs.size + this.#shells.count >= this.#queue.limit && this.#shells.endOne());
      const head = stdinHead(this.elevation, this.#where.marker);
      const exec = startRemoteExec(
        this.#client,
        {
          line: this.#line(script.text, script.args),
          stdin: [...head, ...(script.stdin === undefined ? [] : [script.stdin])],
          signal: script.signal,
          leavesBehind: script.leavesBehind,
          ...limits(script),
        },
        this.#clock,
      );
      this.#execs.add(exec);
      try {
        return await exec.result;
      } catch (error) {
        throw error instanceof SessionRefused ? error : this.#explain(error, script.signal);
      } finally {
        this.#execs.delete(exec);
        for (const part of head) part.fill(0);
      }
    });
  }

  /** The command line that runs a script behind the prologue. */
  #line(script: string, args: readonly string[]): string {
    const text = posix.prologue(this.#where.marker, this.elevation.how === 'password') + script;
    return elevate(shellLine(text, args), this.elevation);
  }

  #explain(error: unknown, signal: AbortSignal | undefined): unknown {
    return this.#ended ?? sessionFailure(error, this.#where, signal);
  }
}

const limits = ({ timeoutMs = defaultTimeoutMs, outputBytes = largestRead }: Script) => ({
  ...{ timeoutMs, limit: outputBytes + roomBytes },
});
