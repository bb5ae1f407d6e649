import { chmod, mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';
import {
  type Account,
  accountFor,
  giveData,
  knownAccount,
  ownAccount,
  refuseUnknownGroup,
} from './account.ts';
import { serviceManager } from './manager.ts';
import { refuseOtherDirectory } from './own-directory.ts';
import { safeProgram } from './program.ts';
import { reachedBy } from './reached-by.ts';
import type { ServiceManager, ServiceManagerKind, ServiceState, ServiceTools } from './service.ts';

export type ServiceVerb = 'install' | 'start' | 'stop' | 'restart' | 'status' | 'remove';

export interface ServiceRequest {
  verb: ServiceVerb;
  dataDirectory: string;
  manager: ServiceManagerKind | null;
  /** Null: root where directories of local endpoints are named, else an account of its own. */
  account: string | null;
  /** Whose members may call it; null: only the account and root. */
  group: string | null;
  writable: readonly string[];
  masterKeyFile: string | null;
  /** Of the account, on Windows; null: it has none, or keeps the one that Windows has. */
  password: string | null;
  /** Start it at once, after `install`. */
  start: boolean;
}

export interface ServiceAnswer extends ServiceState {
  /** What a person should know or do besides; one sentence each. */
  notes: string[];
}

/** Where the master key is kept; null: nowhere yet. */
export type KeptKey = { kind: 'os-keychain' | 'key-file' | 'passphrase'; path: string | null } | null;

interface VerbTools extends ServiceTools {
  /** Of this process; null where there are no such numbers. */
  userId: number | null;
  /** What starts the command line: program and script. */
  program: readonly [string, ...string[]];
  /**
   * Opens the data directory in this process and says where the master key is kept: in the file (null: the usual one in
   * the data directory), where it was kept nowhere yet, or where `mayStay` says that it cannot stay in its key file.
   */
  keepKey(dataDirectory: string, file: string | null, mayStay: (path: string) => boolean): Promise<KeptKey>;
}

const usualKeyFile = '/etc/trustkeep/master.key';

/**
 * Carries out one verb and says how the service is then. Rejects with `service.*`; what was done before stays, and the
 * same verb again continues from there. Only an installation over another one is undone: that one runs on.
 */
export async function carryOutVerb(request: ServiceRequest, tools: VerbTools): Promise<ServiceAnswer> {
  const manager = serviceManager(tools, request.manager);
  if (request.password !== null) throw new Failure('usage', '--password is for accounts of Windows.');
  if (request.verb === 'status') return { ...(await manager.state()), notes: [] };
  if (tools.userId !== 0)
    throw new Failure('service.no-right', 'Only root may change the services of this machine.', {
      hint: `Run it as root: sudo trustkeep service ${request.verb}`,
    });
  if (request.verb === 'install') return install(request, manager, tools);
  const before = await manager.state();
  if (!before.installed)
    throw new Failure('service.not-installed', 'The service is not installed.', {
      hint: 'Install it first: sudo trustkeep service install',
    });
  if (request.verb === 'stop' || request.verb === 'restart') await manager.stop();
  if (request.verb === 'start' || request.verb === 'restart') await manager.start();
  if (request.verb !== 'remove') return { ...(await manager.state()), notes: [] };
  const data = (await manager.dataDirectory()) ?? request.dataDirectory;
  await manager.remove();
  return { ...(await manager.state()), notes: leftAfterRemoval(before, data) };
}

async function install(
  request: ServiceRequest,
  manager: ServiceManager,
  tools: VerbTools,
): Promise<ServiceAnswer> {
  const { dataDirectory, writable } = request;
  const name = request.account ?? (writable.length > 0 ? 'root' : ownAccount);
  if (writable.length > 0 && name !== 'root')
    throw new Failure(
      'usage',
      '--writable needs the account root: only root may change files of every server.',
      {
        hint: 'Leave out --account, or --writable and have the endpoints reached over SSH.',
      },
    );
  const { group } = request;
  if (group !== null && manager.kind !== 'systemd')
    throw new Failure('usage', '--group needs systemd, which makes the directory that the group may enter.');
  refuseOtherDirectory(dataDirectory, keyFileIn(request));
  const program = await safeProgram(tools.program);
  if (group !== null) await refuseUnknownGroup(tools, group);
  const account = await accountFor(tools, name, dataDirectory);
  const before = await manager.state();
  const owner = before.account === null ? null : await knownAccount(tools, before.account);
  // one that is still starting, too: its data changes hands
  const works = before.running || before.processId !== null;
  if (before.installed) await manager.stop();
  let kept: KeptKey;
  try {
    kept = await setUp({ request, manager, tools, program, account });
  } catch (error) {
    // the service before must find its data; what went wrong is told, not what else may go wrong by it
    if (owner !== null) await giveData(dataDirectory, owner).catch(() => {});
    if (works) await manager.start().catch(() => {});
    throw error;
  }
  if (request.start || works) await manager.start();
  return { ...(await manager.state()), notes: notesAfterInstall(kept, name, request) };
}

interface SetUp {
  request: ServiceRequest;
  manager: ServiceManager;
  tools: VerbTools;
  program: [string, ...string[]];
  account: Account;
}

/** Gives the data to the account and writes the unit, which is not started yet. Says where the master key is kept. */
async function setUp({ request, manager, tools, program, account }: SetUp): Promise<KeptKey> {
  const { dataDirectory, writable, group } = request;
  const { name } = account;
  await giveData(dataDirectory, { name: 'root', uid: 0, gid: 0 });
  await chmod(dataDirectory, 0o700);
  const wanted = request.masterKeyFile ?? (manager.kind === 'systemd' ? usualKeyFile : null);
  if (wanted !== null) await mkdir(dirname(wanted), { recursive: true, mode: 0o700 });
  // only systemd hands over a file that the account itself cannot read
  const canRead = (path: string) =>
    manager.kind === 'systemd' || name === 'root' || isWithin(path, dataDirectory);
  const kept = await tools.keepKey(dataDirectory, wanted, canRead);
  await giveData(dataDirectory, account);
  const handedOver = manager.kind === 'systemd' ? keyOutside(kept, dataDirectory) : null;
  await manager.install({
    program,
    dataDirectory,
    account: name,
    group,
    writable,
    masterKeyFile: handedOver,
  });
  return kept;
}

/** A key file in the data directory is the account's own already. */
function keyOutside(kept: KeptKey, dataDirectory: string): string | null {
  if (kept?.kind !== 'key-file' || kept.path === null) return null;
  return isWithin(kept.path, dataDirectory) ? null : kept.path;
}

/** The name of the key file, where it is to be in the data directory itself. */
function keyFileIn({ dataDirectory, masterKeyFile }: ServiceRequest): string | null {
  return masterKeyFile !== null && dirname(masterKeyFile) === dataDirectory
    ? basename(masterKeyFile).toLowerCase()
    : null;
}

function isWithin(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

/** @internal */
export function notesAfterInstall(
  kept: KeptKey,
  account: string,
  { dataDirectory, group, start }: Pick<ServiceRequest, 'dataDirectory' | 'group' | 'start'>,
): string[] {
  const words = reachedBy(dataDirectory);
  const as = account === 'root' ? 'sudo' : `sudo -u ${account}`;
  const notes = [
    `The service runs as ${account}, with its data in ${dataDirectory}.`,
    `Commands reach it with ${words}: ${as} trustkeep status ${words}`,
  ];
  if (kept?.kind === 'key-file')
    notes.push(
      `Its master key is kept in ${kept.path ?? 'a key file'}. Note the recovery key once: ${as} trustkeep secrets recovery-key ${words}`,
    );
  else
    notes.push(
      `Its master key is kept where only a person can unlock it. Move it to a key file, or sealed work waits after each start: ${as} trustkeep secrets choose key-file ${words}`,
    );
  if (group !== null)
    notes.push(
      `Members of the group ${group} may call it, and their desktop shows it. They may do all that it may do.`,
    );
  if (!start) notes.push('It was not started. Start it: sudo trustkeep service start');
  return notes;
}

function leftAfterRemoval({ account }: ServiceState, dataDirectory: string): string[] {
  const user = account === ownAccount ? `, as is the account ${ownAccount}` : '';
  return [`The data in ${dataDirectory} and the master key are still there${user}.`];
}
