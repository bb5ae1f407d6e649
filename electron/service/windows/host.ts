import type { Clock, Timer } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { type Pointer, windowsLibrary } from './library.ts';
import { refusal } from './refusals.ts';
import { serviceName } from './scm.ts';
import { type HostStatus, serviceStatus, serviceTable, wide } from './structs.ts';

const controls: Record<number, string> = {
  1: 'it was stopped',
  5: 'the machine shuts down',
  15: 'the machine shuts down', // SERVICE_CONTROL_PRESHUTDOWN, which comes first and has time
};
const interrogate = 4;
const notImplemented = 120;

/** How long a state may last without a sign, how often there is one, and how many at most: 5 minutes. */
const waitHintMs = 30_000;
const signEveryMs = 5_000;
const mostSigns = 60;

/** Looks for an end of the thread meanwhile: in a process that Windows did not start, it ends without a word. */
const looksMs = 100;
const hasEnded = 0;

/** This process as a service that Windows has started. */
export class ServiceHost {
  readonly #clock: Clock;
  readonly #asked = Promise.withResolvers<string>();
  /** Read by Windows by their addresses, as long as the process lives. */
  readonly #pointedTo: Uint8Array[] = [];
  #handle: Pointer | null = null;
  #timer: Timer | null = null;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Reports to the service manager, which waits 30 s for that, and says that the service is starting. Windows gives its
   * orders to a thread of its own, which has them carried out on this one. Rejects with `service.failed` in a process
   * that Windows did not start as a service.
   */
  static async begin(clock: Clock): Promise<ServiceHost> {
    const host = new ServiceHost(clock);
    const began = host.#begin();
    while (!began.isDone()) {
      if (began.hasEnded())
        throw new Failure('service.failed', 'Only the service manager of Windows can start the service.', {
          hint: 'Start it with: trustkeep service start',
        });
      await clock.sleep(looksMs);
    }
    if (host.#handle === null) throw refusal(began.error(), 'The service could not report to Windows');
    return host;
  }

  #begin() {
    const windows = windowsLibrary();
    let [done, error] = [false, 0];
    const handler = windows.serviceHandler((control) => this.#control(control));
    const main = windows.serviceMain(() => {
      this.#handle = windows.RegisterServiceCtrlHandlerExW(serviceName, handler, null);
      error = this.#handle === null ? windows.GetLastError() : 0;
      this.#pending('starting');
      done = true;
    });
    const name = wide(serviceName);
    const table = serviceTable(name, main, windows.addressOf);
    this.#pointedTo.push(name, table);
    // not on a thread of Node's pool, which would have one less from here on
    const thread = windows.CreateThread(null, null, windows.dispatcher, table, 0, [0]);
    return {
      isDone: () => done,
      hasEnded: () => thread === null || windows.WaitForSingleObject(thread, 0) === hasEnded,
      error: () => error,
    };
  }

  /** Resolves with why when Windows wants it to end. */
  get asked(): Promise<string> {
    return this.#asked.promise;
  }

  /** The agent answers now. */
  ready(): void {
    this.#timer?.cancel();
    this.#report({ state: 'running', exitCode: 0, checkpoint: 0, waitHint: 0 });
  }

  /** It is about to end: its running steps may finish. Idempotent. */
  stopping(): void {
    this.#pending('stopping');
  }

  /** The last word. With a code other than 0, Windows does what is set for failures. */
  ended(exitCode: number): void {
    this.#timer?.cancel();
    this.#report({ state: 'stopped', exitCode, checkpoint: 0, waitHint: 0 });
  }

  #control(control: number): number {
    const why = controls[control];
    if (why === undefined) return control === interrogate ? 0 : notImplemented;
    this.stopping();
    this.#asked.resolve(why);
    return 0;
  }

  /** With signs that it goes on, as long as the loop of this process does. */
  #pending(state: 'starting' | 'stopping', checkpoint = 1): void {
    this.#timer?.cancel();
    this.#report({ state, exitCode: 0, checkpoint, waitHint: waitHintMs });
    if (checkpoint < mostSigns)
      this.#timer = this.#clock.after(signEveryMs, () => this.#pending(state, checkpoint + 1));
  }

  #report(status: HostStatus): void {
    if (this.#handle !== null) windowsLibrary().SetServiceStatus(this.#handle, serviceStatus(status));
  }
}
