import type { Clock } from '#kit/clock.ts';
import { type ExecResult, start } from '#kit/exec.ts';
import { Failure } from '#shared/failure.ts';
import { connectionClosed, tookTooLong } from '../common/connection-failures.ts';
import type { Place } from '../common/file-failures.ts';
import { StreamedProgram } from '../common/streamed-program.ts';
import type { StayingProgram, WindowsHost, WindowsProgram } from '../common/windows-host.ts';
import { ownName } from './accounts.ts';
import { runLocally } from './run.ts';

/** The Windows machine that the agent runs on, by programs, with the rights that the agent has. @internal */
export class LocalWindowsHost implements WindowsHost {
  readonly description = 'this machine';
  readonly dialAddress = '127.0.0.1';
  readonly credentialUsed: string;
  readonly place: Place;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #staying = new Set<StayingProgram>();

  constructor(clock: Clock) {
    const user = ownName();
    this.#clock = clock;
    this.credentialUsed = `user ${user}, the agent's own`;
    const remedy = `Give ${user} that permission, or run Trustkeep as a user that has it (the service runs as SYSTEM).`;
    this.place = { host: 'this machine', user, remedy };
  }

  async run(program: WindowsProgram): Promise<ExecResult> {
    this.#closed.signal.throwIfAborted();
    const result = await runLocally({ ...program, partial: true }, this.#closed.signal);
    return result.code === null ? result : { ...result, code: result.code | 0 };
  }

  async start(argv: WindowsProgram['argv'], signal?: AbortSignal): Promise<StayingProgram> {
    this.#closed.signal.throwIfAborted();
    signal?.throwIfAborted();
    const program = start(argv);
    const staying = new StreamedProgram(program, {
      clock: this.#clock,
      tooLong: (ms) => tookTooLong('this machine', 'answer a script', ms),
      lost: () => (this.#closed.signal.reason instanceof Failure ? this.#closed.signal.reason : null),
    });
    this.#staying.add(staying);
    void program.ended.then(() => this.#staying.delete(staying));
    return staying;
  }

  async close(): Promise<void> {
    if (!this.#closed.signal.aborted) this.#closed.abort(connectionClosed(this.description));
    await Promise.all([...this.#staying].map((one) => one.end()));
  }
}
