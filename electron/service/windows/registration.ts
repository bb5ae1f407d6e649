import { privilegesOf } from './account.ts';
import type { Pointer, WindowsLibrary } from './library.ts';
import { refusal } from './refusals.ts';
import { serviceName, toCreate, withManager, withService } from './scm.ts';
import { failureActions, numbers, pointerTo, restarts, wide, wideList } from './structs.ts';

interface Registration {
  /** The line that Windows starts, quoted. */
  line: string;
  /** As Windows knows it: `LocalSystem`, `NT SERVICE\Trustkeep`, `DOMAIN\name`. */
  account: string;
  /** Null for accounts of Windows itself, and to leave the one that is stored. Not kept here; the caller wipes it. */
  password: Uint8Array | null;
}

const shownName = 'Trustkeep agent';
const description = 'Keeps the certificates, keys and passwords of a network in order.';
const ownProcess = 0x10;
const automatic = 2;
const normalError = 1;
const everything = 0xf01ff;
const invalidLevel = 124;

/** Whether this account may create services; rejects with `service.no-right` where it may not. Changes nothing. */
export function refuseWithoutRight(): void {
  withManager(toCreate, () => {});
}

/** Registers the service, or changes the one that is registered. Gives what this Windows does not know, in words. */
export function register(registration: Registration): string[] {
  const changed = withService('change', (service, windows) => {
    change(service, windows, registration);
    return configure(service, windows, registration.account);
  });
  if (changed !== null) return changed;
  return withManager(toCreate, (manager, windows) => {
    const service = create(manager, windows, registration);
    try {
      return configure(service, windows, registration.account);
    } finally {
      windows.CloseServiceHandle(service);
    }
  });
}

function create(
  manager: Pointer,
  windows: WindowsLibrary,
  { line, account, password }: Registration,
): Pointer {
  const service = windows.CreateServiceW(
    ...[manager, serviceName, shownName, everything, ownProcess, automatic, normalError],
    ...[line, null, null, null, account, password],
  );
  if (service === null) throw refusal(windows.GetLastError(), 'The service was not installed');
  return service;
}

function change(service: Pointer, windows: WindowsLibrary, { line, account, password }: Registration): void {
  const done = windows.ChangeServiceConfigW(
    ...[service, ownProcess, automatic, normalError, line],
    ...[null, null, null, account, password, shownName],
  );
  if (done === 0) throw refusal(windows.GetLastError(), 'The service was not changed');
}

/** Longer than a proof and what follows it take; Windows shows that it is waiting. */
const preshutdownMs = 180_000;
const resetSeconds = 24 * 60 * 60;
const unrestricted = 1; // SERVICE_SID_TYPE_UNRESTRICTED

function configure(service: Pointer, windows: WindowsLibrary, account: string): string[] {
  const { addressOf } = windows;
  const actions = restarts(10_000, 60_000, 60_000);
  const text = wide(description);
  const needed = wideList(privilegesOf(account));
  // what a structure points to stays in the list while Windows reads it
  const settings: [level: number, what: string, info: Uint8Array, pointedTo?: Uint8Array][] = [
    [1, 'a description', pointerTo(text, addressOf), text],
    [2, 'actions after a failure', failureActions(resetSeconds, actions, addressOf), actions],
    [3, 'a delayed start', numbers(1)],
    [4, 'actions after an exit code', numbers(1)],
    [5, 'an identity of the service', numbers(unrestricted)],
    [6, 'fewer privileges', pointerTo(needed, addressOf), needed],
    [7, 'a time before the shutdown', numbers(preshutdownMs)],
  ];
  return settings.flatMap(([level, what, info]) => {
    if (windows.ChangeServiceConfig2W(service, level, info) !== 0) return [];
    const error = windows.GetLastError();
    if (error === invalidLevel) return [what];
    throw refusal(error, `The service did not get ${what}`);
  });
}
