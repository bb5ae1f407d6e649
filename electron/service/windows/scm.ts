import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { type Pointer, type WindowsLibrary, windowsLibrary } from './library.ts';
import { refusal } from './refusals.ts';
import { howEnded, type SeenConfig, type SeenStatus, seenConfig, seenStatus, states } from './structs.ts';

export const serviceName = 'Trustkeep';

/** SC_MANAGER_CONNECT; with SC_MANAGER_CREATE_SERVICE for whoever installs. */
const toAsk = 0x1;
export const toCreate = 0x3;
/** SERVICE_QUERY_CONFIG, SERVICE_QUERY_STATUS. */
const toRead = 0x1 | 0x4;
const rightsFor = { read: toRead, start: toRead | 0x10, stop: toRead | 0x20, change: 0xf01ff } as const;

/** A refusal to open is told as one of the whole command. */
export function withManager<T>(access: number, use: (manager: Pointer, windows: WindowsLibrary) => T): T {
  const windows = windowsLibrary();
  const manager = windows.OpenSCManagerW(null, null, access);
  if (manager === null)
    throw refusal(windows.GetLastError(), 'The services of this machine cannot be opened');
  try {
    return use(manager, windows);
  } finally {
    windows.CloseServiceHandle(manager);
  }
}

/** Null where the service is not installed. */
export function withService<T>(
  rights: keyof typeof rightsFor,
  use: (service: Pointer, windows: WindowsLibrary) => T,
): T | null {
  return withManager(toAsk, (manager, windows) => {
    const service = windows.OpenServiceW(manager, serviceName, rightsFor[rights]);
    const error = service === null ? windows.GetLastError() : 0;
    if (error === notInstalled) return null;
    if (service === null) throw refusal(error, 'The service cannot be opened');
    try {
      return use(service, windows);
    } finally {
      windows.CloseServiceHandle(service);
    }
  });
}

const notInstalled = 1060;
const alreadyRunning = 1056;
const notRunning = 1062;
const bufferTooSmall = 122;

export type SeenService = SeenStatus & SeenConfig;

/** Null where it is not installed. */
export function seenService(): SeenService | null {
  return withService('read', (service, windows) => ({
    ...statusOf(service, windows),
    ...configOf(service, windows),
  }));
}

function statusOf(service: Pointer, windows: WindowsLibrary): SeenStatus {
  const bytes = Buffer.alloc(36);
  if (windows.QueryServiceStatusEx(service, 0, bytes, bytes.length, [0]) === 0)
    throw refusal(windows.GetLastError(), 'Windows did not say how the service is');
  return seenStatus(bytes);
}

function configOf(service: Pointer, windows: WindowsLibrary): SeenConfig {
  const needed: [number] = [0];
  windows.QueryServiceConfigW(service, null, 0, needed);
  const error = windows.GetLastError();
  if (error !== bufferTooSmall) throw refusal(error, 'Windows did not say how the service is set up');
  const bytes = Buffer.alloc(needed[0]);
  if (windows.QueryServiceConfigW(service, bytes, bytes.length, needed) === 0)
    throw refusal(windows.GetLastError(), 'Windows did not say how the service is set up');
  return seenConfig(bytes, windows.addressOf(bytes));
}

/** What is waited for is looked at as often; the longest that a start or a drain takes, as with the other managers. */
const asksMs = 200;
const longestMs = { start: 5 * 60_000, stop: 11 * 60_000 } as const;

/** Starts it, if it is not running. Resolves when it says that it runs; rejects with the exit code when it ends instead. */
export async function startService(clock: Clock): Promise<void> {
  withService('start', (service, windows) => {
    if (windows.StartServiceW(service, 0, null) !== 0) return;
    const error = windows.GetLastError();
    if (error !== alreadyRunning) throw refusal(error, 'The service did not start');
  });
  const last = await settled(
    clock,
    longestMs.start,
    (state) => state !== states.starting,
    () => withService('read', statusOf),
  );
  if (last === null || last.state === states.running) return;
  if (last.state === states.stopped)
    throw new Failure(
      'service.failed',
      last.exitCode === null
        ? 'The service did not start: it ended without a code.'
        : `The service did not start: it ended ${howEnded(last.exitCode)}.`,
    );
  throw new Failure('service.failed', 'The service was started, but does not answer yet.', {
    hint: 'It may need longer. See: trustkeep service status',
  });
}

const stopControl = 1;

/** What stopping needs of the service manager. */
interface Stoppable {
  /** Null where the service is not installed. */
  status(): Pick<SeenStatus, 'state' | 'processId'> | null;
  /** Tells it to stop, unless it does not run or is about to end. */
  tell(): void;
}

const ofWindows: Stoppable = {
  status: () => withService('read', statusOf),
  tell() {
    withService('stop', (service, windows) => {
      if (windows.ControlService(service, stopControl, Buffer.alloc(28)) !== 0) return;
      const error = windows.GetLastError();
      const stopping = statusOf(service, windows).state === states.stopping;
      if (error !== notRunning && !stopping) throw refusal(error, 'The service did not stop');
    });
  },
};

/**
 * Stops it, if it is running; one that is starting takes no orders, and is waited for. Resolves when its process has
 * ended; its running steps may finish.
 */
export async function stopService(clock: Clock, service: Stoppable = ofWindows): Promise<void> {
  const { status } = service;
  await settled(clock, longestMs.start, (state) => state !== states.starting, status);
  const processId = status()?.processId ?? null;
  service.tell();
  const last = await settled(clock, longestMs.stop, (state) => state === states.stopped, status);
  if (last === null || last.state === states.stopped) {
    // it says so a moment before its end, and its files are in use until then
    const until = clock.monotonic() + lingersMs;
    while (processId !== null && isAlive(processId) && clock.monotonic() < until) await clock.sleep(asksMs);
    return;
  }
  throw new Failure('service.failed', 'The service has been told to stop, but is still running.', {
    hint: 'It may be letting a step finish. See: trustkeep service status',
  });
}

const lingersMs = 10_000;

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The state once it fits, or after all patience; null where it was removed meanwhile. */
async function settled<T extends { state: number }>(
  clock: Clock,
  patienceMs: number,
  fits: (state: number) => boolean,
  statusNow: () => T | null,
): Promise<T | null> {
  const until = clock.monotonic() + patienceMs;
  for (;;) {
    const status = statusNow();
    if (status === null || fits(status.state) || clock.monotonic() >= until) return status;
    await clock.sleep(asksMs);
  }
}

/** Marks it for deletion: Windows removes it when no one has it open any more. */
export function deleteService(): void {
  withService('change', (service, windows) => {
    if (windows.DeleteService(service) === 0)
      throw refusal(windows.GetLastError(), 'The service was not removed');
  });
}
