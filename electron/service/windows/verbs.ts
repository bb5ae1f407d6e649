import { readFileSync } from 'node:fs';
import { win32 } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { dataDirectory as usualDirectory } from '#kit/paths.ts';
import { Failure } from '#shared/failure.ts';
import type { KeptKey, ServiceAnswer, ServiceRequest } from '../verbs.ts';
import { type WindowsAccount, windowsAccount } from './account.ts';
import { dataDirectoryOf, programOf, windowsLine } from './command-line.ts';
import { keepData } from './data.ts';
import { addEventSource, removeEventSource } from './events.ts';
import { serviceLog, sizeOf } from './log-file.ts';
import { refuseOpenProgram } from './program.ts';
import { refuseWithoutRight, register } from './registration.ts';
import { deleteService, type SeenService, seenService, startService, stopService } from './scm.ts';
import { type Identity, identityOf, letLogOnAsService } from './security.ts';
import { stateOf } from './sentences.ts';
import { wide } from './structs.ts';

interface WindowsTools {
  clock: Clock;
  /** What starts the command line: the program, and what comes before its words. */
  program: readonly [string, ...string[]];
  keepKey(dataDirectory: string, file: string | null, mayStay: (path: string) => boolean): Promise<KeptKey>;
  /** One sentence on what the running agent itself says. Never rejects. */
  askAgent(dataDirectory: string): Promise<string>;
  /** Asks a person for a secret; null: none is there. */
  ask: ((question: string) => Promise<string>) | null;
}

/**
 * Carries out one verb with the service manager of Windows and says how the service is then. Rejects with `service.*`;
 * what was done before stays, and the same verb again continues from there.
 */
export async function carryOutOnWindows(asked: ServiceRequest, tools: WindowsTools): Promise<ServiceAnswer> {
  const before = seenService();
  // where the service keeps its data is known since it was installed
  const request =
    asked.verb === 'install' || before === null
      ? asked
      : { ...asked, dataDirectory: dataDirectoryOf(before.path) ?? asked.dataDirectory };
  const { verb, dataDirectory } = request;
  const log = serviceLog(dataDirectory);
  const answer = (notes: string[]): ServiceAnswer => ({ ...stateOf(seenService(), log), notes });
  if (verb === 'status') {
    const state = answer([]);
    return state.running ? { ...state, notes: [await tools.askAgent(dataDirectory)] } : state;
  }
  if (verb === 'install') return answer(await install(request, tools));
  if (before === null)
    throw new Failure('service.not-installed', 'The service is not installed.', {
      hint: 'Install it first: trustkeep service install',
    });
  if (verb !== 'start') await stopService(tools.clock);
  if (verb === 'start' || verb === 'restart') await start(request, tools);
  if (verb !== 'remove') return answer([]);
  deleteService();
  removeEventSource();
  const notes = [`The data in ${dataDirectory} and the master key are still there.`];
  if (seenService() !== null)
    notes.push(
      'Windows removes it when no other program has it open. Close services.msc and the Task Manager.',
    );
  return answer(notes);
}

async function install(request: ServiceRequest, tools: WindowsTools): Promise<string[]> {
  const { dataDirectory, group } = request;
  const account = windowsAccount(request.account);
  refuseUnusable(request, account);
  refuseWithoutRight();
  const groupId = group === null ? null : known(group).text;
  const accountId = account.needsRight ? knownAccount(account) : null;
  refuseOpenProgram(tools.program[0]);
  const before = seenService();
  const password = await passwordFor(account, request, before, tools.ask);
  const wasRunning = before !== null && before.processId !== null;
  if (wasRunning) await stopService(tools.clock);
  let done: Awaited<ReturnType<typeof setUp>>;
  try {
    done = await setUp({ request, tools, account, accountId, groupId, before, password });
  } catch (error) {
    // the service before runs on; what went wrong is told, not what else may go wrong by it
    if (wasRunning) await startService(tools.clock).catch(() => {});
    throw error;
  } finally {
    password?.fill(0);
  }
  const starts = request.start || wasRunning;
  if (starts) await start(request, tools);
  const notes = notesAfterInstall(request, account, done.kept);
  if (before !== null) notes.unshift(changedSentence(before, tools.program[0], dataDirectory));
  if (done.unknown.length > 0)
    notes.push(`This version of Windows does not know ${done.unknown.join(', ')}.`);
  if (!starts) notes.push('It was not started. Start it: trustkeep service start');
  return notes;
}

interface SetUp {
  request: ServiceRequest;
  tools: WindowsTools;
  account: WindowsAccount;
  /** Null where Windows knows that the account may run services. */
  accountId: Identity | null;
  groupId: string | null;
  before: SeenService | null;
  password: Buffer | null;
}

/** Directory, key and registration; the service does not run. `unknown`: what this Windows does not know, in words. */
async function setUp({ request, tools, account, accountId, groupId, before, password }: SetUp) {
  const { dataDirectory, masterKeyFile } = request;
  keepData({
    directory: dataDirectory,
    group: groupId,
    accounts: [accountId?.text, formerAccount(before)].filter((one) => typeof one === 'string'),
    keyFile: masterKeyFile === null ? null : win32.basename(masterKeyFile).toLowerCase(),
  });
  const isInside = (path: string) => path.toLowerCase().startsWith(`${dataDirectory.toLowerCase()}\\`);
  const kept = await tools.keepKey(dataDirectory, masterKeyFile, isInside);
  const line = windowsLine([
    ...[...tools.program, 'run', '--service', `--data-directory=${dataDirectory}`],
    ...(groupId === null ? [] : [`--service-group=${groupId}`]),
  ]);
  const unknown = register({ line, account: account.name, password });
  if (accountId !== null) letLogOnAsService(accountId.bytes, account.name);
  addEventSource();
  return { kept, unknown };
}

function changedSentence(before: SeenService, program: string, dataDirectory: string): string {
  const other = programOf(before.path);
  const from = other.toLowerCase() === program.toLowerCase() ? '' : ` It started ${other} until now.`;
  const data = dataDirectoryOf(before.path);
  const moved =
    data === null || data.toLowerCase() === dataDirectory.toLowerCase()
      ? ''
      : ` Its data were in ${data} until now, and are still there.`;
  return `The service was already installed: its settings were replaced.${from}${moved}`;
}

function refuseUnusable(request: ServiceRequest, account: WindowsAccount): void {
  const { manager, writable, masterKeyFile, dataDirectory, password } = request;
  if (manager !== null)
    throw new Failure('usage', '--manager is for Linux: Windows has one service manager.');
  if (writable.length > 0)
    throw new Failure(
      'usage',
      '--writable is for systemd. On Windows the account decides what can be changed.',
      {
        hint: 'Name one that may change the servers of this machine: --account LocalSystem',
      },
    );
  if (masterKeyFile !== null && !masterKeyFile.toLowerCase().startsWith(`${dataDirectory.toLowerCase()}\\`))
    throw new Failure('usage', 'On Windows the key file must be in the data directory.', {
      hint: `Only the service and administrators can open it there: ${win32.join(dataDirectory, 'master.key')}`,
    });
  if (account.password !== 'own' && password !== null)
    throw new Failure('usage', `The account ${account.name} has no password that could be given.`);
}

/** Null: the account has none, or Windows has it already. As Windows takes it; the caller wipes it. */
async function passwordFor(
  account: WindowsAccount,
  { password }: ServiceRequest,
  before: SeenService | null,
  ask: WindowsTools['ask'],
): Promise<Buffer | null> {
  const { name } = account;
  if (account.password !== 'own') return account.password === 'empty' ? wide('') : null;
  if (password !== null) return wide(password);
  if (before?.account?.toLowerCase() === name.toLowerCase()) return null;
  const typed = ask === null ? '' : await ask(`Password of ${name}: `);
  if (typed !== '') return wide(typed);
  throw new Failure('usage', `The account ${name} needs its password.`, {
    hint: 'Give it with --password-prompt, --password-stdin or --password-file PATH.',
  });
}

/** Whose right is asked of Windows by that name: a group would be given it as a whole. */
function knownAccount({ name }: WindowsAccount): Identity {
  const found = known(nameOf(name));
  if (!found.isGroup) return found;
  throw new Failure('service.account-missing', `${nameOf(name)} is a group, not an account.`, {
    hint: 'Name an account. Who may call the service is said with --group.',
  });
}

/** Of what the service ran as until now; null where that is gone. */
function formerAccount(before: SeenService | null): string | null {
  if (before === null || before.account === null) return null;
  const { name, identity } = windowsAccount(before.account);
  return identity ?? identityOf(nameOf(name))?.text ?? null;
}

/** As it is looked up: an account of this machine without what the service manager wants before it. */
const nameOf = (account: string): string => account.replace(/^\.\\/, '');

function known(name: string): Identity {
  const found = identityOf(name);
  if (found !== null) return found;
  throw new Failure('service.account-missing', `There is no account or group "${name}" on this machine.`, {
    hint: 'Create it first, or write it with its domain: DOMAIN\\name',
  });
}

/** With what the agent itself wrote, when it ended. */
async function start({ dataDirectory }: ServiceRequest, { clock }: WindowsTools): Promise<void> {
  const log = serviceLog(dataDirectory);
  const before = sizeOf(log);
  try {
    await startService(clock);
  } catch (error) {
    if (!(error instanceof Failure) || error.hint !== undefined) throw error;
    const said = whyNot(log, before);
    throw new Failure(error.code as 'service.failed', `${error.message}${said === null ? '' : ` ${said}`}`, {
      hint: `See ${log}, and the application log in the event viewer of Windows.`,
      cause: error,
    });
  }
}

/** What was written behind that place about why it could not run. */
function whyNot(log: string, from: number): string | null {
  const text = sizeOf(log) > from ? readFileSync(log).subarray(from).toString('utf8') : '';
  return /could not run: (.*?)(?: \{".*)?$/m.exec(text)?.[1]?.slice(0, 1000) ?? null;
}

function notesAfterInstall(
  { dataDirectory, group }: ServiceRequest,
  account: WindowsAccount,
  kept: KeptKey,
): string[] {
  const door =
    dataDirectory.toLowerCase() === usualDirectory(true).toLowerCase()
      ? '--system'
      : `--data-directory "${dataDirectory}"`;
  const notes = [
    `The service runs as ${account.name}, with its data in ${dataDirectory}, which only it and administrators can open.`,
    `Commands of an administrator reach it with ${door}: trustkeep status ${door}`,
    kept?.kind === 'key-file'
      ? `Its master key is kept in ${kept.path ?? 'a key file'}. Note the recovery key once: trustkeep secrets recovery-key ${door}`
      : `Its master key is kept where only a person can unlock it. Move it to a key file, or sealed work waits after each start: trustkeep secrets choose key-file ${door}`,
  ];
  if (group !== null)
    notes.push(
      `Members of the group ${group} may call it, and their desktop shows it. They may do all that it may do.`,
    );
  return notes;
}
