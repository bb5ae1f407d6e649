import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { SoapFault } from './answer.ts';
import type { WinrmPlace } from './place.ts';

/** What a fault means, by the numbers of Windows (wsmerror.h); what is not here is told by its subcode, or is `other`. */
export type FaultKind =
  | 'nothing-yet'
  | 'shell-gone'
  | 'aborted'
  | 'input-closed'
  | 'shells'
  | 'commands'
  | 'operations'
  | 'users'
  | 'throttled'
  | 'too-large'
  | 'access-denied'
  | 'no-remote-shells'
  | 'other';

const kinds: Readonly<Record<number, FaultKind>> = {
  5: 'access-denied',
  109: 'input-closed',
  232: 'input-closed',
  995: 'aborted',
  1726: 'aborted',
  2147942405: 'access-denied',
  2147942509: 'input-closed',
  2147942632: 'input-closed',
  2150858793: 'nothing-yet',
  2150858843: 'shell-gone',
  2150859025: 'too-large',
  2150859173: 'shells',
  2150859174: 'operations',
  2150859175: 'throttled',
  2150859176: 'throttled',
  2150859179: 'users',
  2150859180: 'no-remote-shells',
  2150859236: 'shells',
  2150859237: 'users',
  2150859238: 'shells',
  2150859239: 'operations',
  2150859240: 'operations',
  2150859241: 'commands',
};

const bySubcode: Readonly<Record<string, FaultKind>> = {
  TimedOut: 'nothing-yet',
  AccessDenied: 'access-denied',
  EncodingLimit: 'too-large',
};

/** The number decides: subcodes are shared by several faults. */
export function kindOf({ code, subcode }: SoapFault): FaultKind {
  const known = code === null ? undefined : kinds[code];
  return known ?? (code === null || code === 0 ? bySubcode[subcode] : undefined) ?? 'other';
}

/** The service said it before anything was begun, because of the shell: a new one is worth one try. */
export const wantsNewShell = (kind: FaultKind): boolean => kind === 'shell-gone' || kind === 'commands';

type Told = readonly [code: FailureCode, sentence: (host: string, user: string) => string, hint: string];

const quota = 'Close other remote sessions of this user, or raise the quota:';
const told: Readonly<Record<Exclude<FaultKind, 'nothing-yet' | 'other'>, Told>> = {
  'shell-gone': [
    'winrm.shell-lost',
    (host) => `The shell on ${host} was closed while a program was running in it.`,
    'Trustkeep will open another one. If this continues, check for other tools or policies that end remote shells there.',
  ],
  aborted: [
    'winrm.shell-lost',
    (host) => `${host} aborted the program: its shell was closed, or the WinRM service was stopped.`,
    'Trustkeep will open another one. If this continues, check the service "Windows Remote Management" there.',
  ],
  'input-closed': [
    'winrm.shell-lost',
    (host) => `A program on ${host} ended before it had read its input.`,
    'Run it there to see why it ends.',
  ],
  shells: [
    'winrm.quota',
    (host, user) => `${host} opens no more shells for ${user}: its quota is used up.`,
    `${quota} winrm set winrm/config/winrs @{MaxShellsPerUser="50"}.`,
  ],
  commands: [
    'winrm.quota',
    (host) => `${host} runs no more commands in this shell: its quota is used up.`,
    `${quota} winrm set winrm/config/winrs @{MaxProcessesPerShell="50"}.`,
  ],
  operations: [
    'winrm.quota',
    (host, user) => `${host} takes no more operations of ${user} at a time: its quota is used up.`,
    `${quota} winrm set winrm/config/service @{MaxConcurrentOperationsPerUser="1500"}.`,
  ],
  users: [
    'winrm.quota',
    (host) => `${host} takes no more users of WinRM at a time: its quota is used up.`,
    `${quota} winrm set winrm/config/winrs @{MaxConcurrentUsers="25"}.`,
  ],
  throttled: [
    'winrm.busy',
    (host) => `${host} asks for fewer requests of WinRM at a time.`,
    'Trustkeep will try again automatically.',
  ],
  'too-large': [
    'winrm.failed',
    (host) => `${host} takes no message of this size.`,
    'Raise the limit on the host: winrm set winrm/config @{MaxEnvelopeSizekb="500"}.',
  ],
  'access-denied': [
    'winrm.access-denied',
    (host, user) => `${host} accepted the login of ${user}, but does not allow it to use WinRM.`,
    'Add the user to the group Administrators there. For a local account other than the built-in one, LocalAccountTokenFilterPolicy must be 1 as well.',
  ],
  'no-remote-shells': [
    'winrm.access-denied',
    (host) => `${host} does not allow remote shells.`,
    'Allow them on the host: winrm set winrm/config/winrs @{AllowRemoteShellAccess="true"}.',
  ],
};

/** For a fault that ends the work. The service's own words go along. */
export function faultFailure(fault: SoapFault, { host, user }: WinrmPlace): Failure {
  const kind = kindOf(fault);
  const number = fault.code ?? (fault.subcode === '' ? 'no code' : fault.subcode);
  const peerSaid = fault.message === '' ? undefined : peerTail(fault.message);
  const [code, sentence, hint]: Told =
    kind === 'other' || kind === 'nothing-yet'
      ? [
          'winrm.failed',
          () => `WinRM on ${host} failed (${number}).`,
          'See what the host said, and its event log "Windows Remote Management".',
        ]
      : told[kind];
  return new Failure(code, sentence(host, user), { hint, peerSaid });
}
