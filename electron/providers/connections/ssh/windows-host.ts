import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import type { Failure } from '#shared/failure.ts';
import { connectionClosed, connectionLost, tookTooLong } from '../common/connection-failures.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { largestRead, type Place } from '../common/file-failures.ts';
import { StreamedProgram } from '../common/streamed-program.ts';
import {
  isPlainWord,
  type StayingProgram,
  type WindowsHost,
  type WindowsProgram,
} from '../common/windows-host.ts';
import type { ConnectTools, LoginMaterial } from '../connection.ts';
import { endClient, killChannel, openChannel, sessionFailure } from './channel.ts';
import { logIn } from './client.ts';
import { Queue } from './queue.ts';
import { type RemoteExec, startRemoteExec } from './remote-exec.ts';

/** A server allows ten sessions unless it is told otherwise; one is for the program that stays. */
const atATime = 4;

/**
 * A Windows host over its OpenSSH: a session for each program. Its command interpreter may be cmd, Windows PowerShell or
 * PowerShell 7: programs and arguments are plain words, which mean the same to all of them. @internal
 */
export class SshWindowsHost implements WindowsHost {
  readonly description: string;
  readonly dialAddress: string;
  readonly credentialUsed: string;
  readonly place: Place;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #queue = new Queue(atATime);
  readonly #execs = new Set<RemoteExec>();
  readonly #staying = new Set<StayingProgram>();
  /** Why there is no connection any longer. */
  #over: Failure | null = null;

  private constructor(client: Client, method: string, { host, port, user }: SshSettings, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.description = `ssh ${user}@${host}:${port}`;
    this.dialAddress = host;
    this.credentialUsed = `user ${user}, ${method}`;
    const remedy = `Give ${user} that permission on ${host}, or connect as an administrator.`;
    this.place = { host, user, remedy };
    client.on('error', (error) => this.#end(connectionLost(this.description, error)));
    client.on('close', () => this.#end(connectionLost(this.description)));
  }

  /** Connects and logs in. Rejects as `logIn` does; leaves nothing open then. */
  static async connect(
    settings: SshSettings,
    login: LoginMaterial,
    tools: ConnectTools,
  ): Promise<SshWindowsHost> {
    const { client, method } = await logIn(settings, login, tools);
    return new SshWindowsHost(client, method, settings, tools.clock);
  }

  run(program: WindowsProgram): Promise<ExecResult> {
    const { argv, stdin, signal, timeoutMs = defaultTimeoutMs, outputBytes: limit = largestRead } = program;
    const line = lineOf(argv);
    return this.#queue.run(async () => {
      if (this.#over !== null) throw this.#over;
      const parts = stdin === undefined ? [] : [stdin];
      const exec = startRemoteExec(
        this.#client,
        { line, stdin: parts, timeoutMs, signal, limit },
        this.#clock,
      );
      this.#execs.add(exec);
      try {
        const result = await exec.result;
        return result.code === null ? result : { ...result, code: result.code | 0 };
      } catch (error) {
        throw this.#explain(error, signal);
      } finally {
        this.#execs.delete(exec);
      }
    });
  }

  async start(argv: WindowsProgram['argv'], signal?: AbortSignal): Promise<StayingProgram> {
    if (this.#over !== null) throw this.#over;
    signal?.throwIfAborted();
    const channel = await this.#open(lineOf(argv)).catch((error: unknown) => {
      throw this.#explain(error, signal);
    });
    const ended = new Promise<void>((resolve) => channel.once('close', () => resolve()));
    const kill = () => killChannel(channel);
    const staying = new StreamedProgram(
      { stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill },
      {
        clock: this.#clock,
        tooLong: (ms) => tookTooLong(this.place.host, 'answer a script', ms),
        lost: () => this.#over,
      },
    );
    this.#staying.add(staying);
    void ended.then(() => this.#staying.delete(staying));
    return staying;
  }

  #open(line: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => openChannel(this.#client, line, resolve, reject));
  }

  #explain(error: unknown, signal: AbortSignal | undefined): unknown {
    const { description, place } = this;
    return this.#over ?? sessionFailure(error, { description, host: place.host }, signal);
  }

  #end(why: Failure): void {
    this.#over ??= why;
    for (const exec of this.#execs) exec.stop(this.#over);
    for (const staying of this.#staying) void staying.end();
  }

  async close(): Promise<void> {
    const wasOpen = this.#over === null;
    this.#end(connectionClosed(this.description));
    if (wasOpen) await endClient(this.#client, this.#clock);
  }
}

/** @throws for a word that a command interpreter could read otherwise: a fault of ours. */
function lineOf(argv: WindowsProgram['argv']): string {
  if (!argv.every(isPlainWord))
    throw new Error('an argument that a command interpreter could read otherwise');
  return argv.join(' ');
}
