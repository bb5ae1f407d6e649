import { randomBytes } from 'node:crypto';
import type { Client } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import { peerTail } from '#kit/redact.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import { described } from '#shared/model/connection.ts';
import { Secret } from '../../../secrets/secret.ts';
import { connectionClosed, connectionLost } from '../common/connection-failures.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { largestRead, type Place } from '../common/file-failures.ts';
import * as posix from '../common/posix.ts';
import type { PosixHost, Script } from '../common/posix-connection.ts';
import type { ConnectTools } from '../connection.ts';
import { factsScript, type HostFacts, notPosix, readHostFacts, trickyText } from './host-facts.ts';
import { Queue } from './queue.ts';
import { shellLine } from './quote.ts';
import { type RemoteExec, SessionRefused, startRemoteExec } from './remote-exec.ts';
import { type Elevation, elevate, stdinHead, wantsPassword } from './sudo.ts';

/** Room for the marker and for what login files print. */
const roomBytes = 1024 * 1024;
/** More at a time only raise the latency of each, and sshd allows ten sessions by default. */
const execsAtATime = 4;
/** Milliseconds before a session is asked for again: a server notices late that one has ended, by its next round. */
const refusedWaits = [5, 10, 20, 50, 100, 250, 500, 1000, 1000, 1000, 2000];

/** A host that is logged in to: runs scripts there, as root where it can, and tells their output from the noise around. */
export class SshHost implements PosixHost {
  readonly description: string;
  readonly dialAddress: string;
  readonly #settings: SshSettings;
  readonly #method: string;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queue = new Queue(execsAtATime);
  readonly #execs = new Set<RemoteExec>();
  readonly #marker = `trustkeep-${randomBytes(8).toString('hex')}`;
  #elevation: Elevation = { how: 'none', why: '' };
  #facts: HostFacts | null = null;
  #password: Secret | undefined;
  #ended: Failure | null = null;

  /** `method`: how it was logged in, for `credentialUsed`. */
  constructor(client: Client, method: string, settings: SshSettings, tools: ConnectTools) {
    this.#client = client;
    this.#settings = settings;
    this.#method = method;
    this.dialAddress = settings.host;
    this.#clock = tools.clock;
    this.#log = tools.log.in('ssh');
    this.description = described(settings);
    client.on('error', (error) => this.#end(connectionLost(this.description, error)));
    client.on('close', () => this.#end(connectionLost(this.description)));
  }

  get credentialUsed(): string {
    const sudo = this.#elevation.how === 'none' ? '' : ', sudo';
    return `user ${this.#settings.user}, ${this.#method}${sudo}`;
  }

  get tools(): posix.HostTools {
    return this.#facts?.tools ?? posix.usualTools;
  }

  /** Once, before anything else: what kind of host is this, and may we be root? */
  async prepare(password: Secret | undefined, signal: AbortSignal | undefined): Promise<void> {
    this.#password = password === undefined ? undefined : Secret.of(password.bytes());
    const { host, user } = this.#settings;
    const result = await this.run({ text: factsScript, args: [trickyText], signal });
    if (result.code !== 0) throw notPosix(host, user, peerTail(result.stderr.toString()));
    this.#facts = readHostFacts(result.stdout.toString(), host, user);
    await this.#findElevation(this.#facts, signal);
    this.#log.debug('examined the host', { host, os: this.#facts.os, root: this.#elevation.how });
  }

  async #findElevation(facts: HostFacts, signal: AbortSignal | undefined): Promise<void> {
    const none = (why: string): Elevation => ({ how: 'none', why });
    if (facts.uid === 0) this.#elevation = none('this is root');
    else if (facts.sudo === null) this.#elevation = none('sudo is not installed');
    else if (facts.sudoer === 'free') this.#elevation = { how: 'free', sudo: facts.sudo };
    else if (!wantsPassword(facts.sudoer))
      this.#elevation = none(`sudo said: ${peerTail(facts.sudoer, [], 120)}`);
    else if (this.#password === undefined) this.#elevation = none('sudo requires a password and none is set');
    else {
      this.#elevation = { how: 'password', sudo: facts.sudo, password: this.#password };
      const tried = await this.#raw({ text: ':', args: [], signal });
      const said = peerTail(tried.stderr.toString(), [], 160).replace(/\s+/g, ' ');
      if (posix.behindMarker(tried.stdout, this.#marker) === null)
        this.#elevation = none(`sudo said: ${said}`);
    }
  }

  get place(): Place {
    const { host, user } = this.#settings;
    const why = this.#elevation.how === 'none' ? ` (now: ${this.#elevation.why})` : '';
    return {
      host,
      user: this.#elevation.how === 'none' ? user : `${user} (with sudo)`,
      remedy: `Give ${user} that permission on ${host}, allow it to use sudo${why}, or connect as root.`,
    };
  }

  /** Runs a script and gives its own output. When sudo's rules changed meanwhile, looks at them again, once. */
  async run(script: Script): Promise<ExecResult> {
    let result = await this.#raw(script);
    if (
      result.code === posix.exits.unguarded &&
      this.#facts !== null &&
      posix.behindMarker(result.stdout, this.#marker) === null
    ) {
      this.#elevation = { how: 'free', sudo: this.#facts.sudo ?? 'sudo' };
      result = await this.#raw(script);
    }
    const stdout = posix.behindMarker(result.stdout, this.#marker);
    if (stdout !== null) return { ...result, stdout };
    if (result.timedOut) return { ...result, stdout: Buffer.alloc(0) };
    throw this.#notStarted(result);
  }

  #notStarted(result: ExecResult): Failure {
    const { host, user } = this.#settings;
    const said = peerTail(result.stderr.toString() || result.stdout.toString());
    if (this.#facts === null) return notPosix(host, user, said);
    return new Failure('ssh.command-refused', `${host} no longer runs commands for user ${user}.`, {
      hint: 'Its password, sudo rules or login shell may have changed. Check them and the stored login.',
      peerSaid: said,
    });
  }

  /**
   * How many sessions a server allows is found out by being refused one: from then on no more are asked for than it had open.
   * It may also not have noticed yet that one has ended.
   */
  async #raw(script: Script): Promise<ExecResult> {
    for (let turn = 0; ; turn += 1) {
      try {
        return await this.#inSession(script);
      } catch (error) {
        const wait = refusedWaits[turn];
        if (!(error instanceof SessionRefused)) throw error;
        if (wait === undefined || this.#ended !== null) throw this.#explain(error, script.signal);
        this.#queue.lower([...this.#execs].filter(({ isOpen }) => isOpen).length);
        await this.#clock.sleep(wait);
      }
    }
  }

  #inSession(script: Script): Promise<ExecResult> {
    return this.#queue.run(async () => {
      if (this.#ended !== null) throw this.#ended;
      const elevation = this.#elevation;
      const text = posix.prologue(this.#marker, elevation.how === 'password') + script.text;
      const head = stdinHead(elevation, this.#marker);
      const exec = startRemoteExec(
        this.#client,
        {
          line: elevate(shellLine(text, script.args), elevation),
          stdin: [...head, ...(script.stdin === undefined ? [] : [script.stdin])],
          timeoutMs: script.timeoutMs ?? defaultTimeoutMs,
          signal: script.signal,
          leavesBehind: script.leavesBehind,
          limit: (script.outputBytes ?? largestRead) + roomBytes,
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

  #explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (this.#ended !== null) return this.#ended;
    if (error instanceof Failure || (signal?.aborted && error === signal.reason)) return error;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof SessionRefused || /Unable to exec/.test(reason)) {
      return new Failure('ssh.session-refused', `${this.#settings.host} did not open another session.`, {
        hint: 'Increase MaxSessions of its SSH server, or close other sessions.',
        cause: error,
      });
    }
    return connectionLost(this.description, error);
  }

  async close(): Promise<void> {
    const wasOpen = this.#ended === null;
    this.#end(connectionClosed(this.description));
    this.#password?.wipe();
    if (!wasOpen) return;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    this.#client.once('close', () => resolve());
    this.#client.end();
    // A peer that is gone does not answer; its socket is dropped then.
    const impatient = this.#clock.after(1000, () => {
      this.#client.destroy();
      resolve();
    });
    await gone;
    impatient.cancel();
  }

  #end(why: Failure): void {
    this.#ended ??= why;
    for (const exec of this.#execs) exec.stop(this.#ended);
  }
}
