import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { mustRun, textOf, writeAndApply } from './machine.ts';
import type { ServiceManager, ServiceState, ServiceTools } from './service.ts';
import { dataDirectoryOfUnit, systemdUnit } from './systemd-unit.ts';

const unit = 'trustkeep.service';
const unitFile = `/etc/systemd/system/${unit}`;
const dropIns = `${unitFile}.d`;

/** True where systemd is what started the machine (sd_booted(3)). */
export function isSystemdBooted(): boolean {
  return existsSync('/run/systemd/system');
}

export function systemdManager(tools: ServiceTools): ServiceManager {
  const control = (verb: string, what: string) => mustRun(tools, ['systemctl', verb, unit], what);
  const reload = () =>
    mustRun(tools, ['systemctl', 'daemon-reload'], 'systemd could not read its units again');
  return {
    kind: 'systemd',
    async install(spec) {
      try {
        await writeAndApply(unitFile, systemdUnit(spec), 0o644, async () => {
          await reload();
          await control('enable', 'The service could not be enabled');
        });
      } catch (error) {
        await reload().catch(() => {}); // the unit before, or none; why it is so is told already
        throw error;
      }
    },
    async start() {
      await control('start', 'The service did not start');
    },
    async stop() {
      await control('stop', 'The service did not stop');
    },
    async remove() {
      await control('disable', 'The service could not be disabled');
      await control('stop', 'The service did not stop');
      await rm(unitFile, { force: true });
      await rm(dropIns, { recursive: true, force: true });
      await reload();
    },
    state: () => stateOf(tools),
    dataDirectory: async () => dataDirectoryOfUnit(await readFile(unitFile, 'utf8').catch(() => '')),
  };
}

const properties = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'UnitFileState',
  'MainPID',
  'User',
  'StatusText',
  'ExecMainStatus',
  'StateChangeTimestamp',
] as const;
type Properties = Partial<Record<(typeof properties)[number], string>>;

async function stateOf(tools: ServiceTools): Promise<ServiceState> {
  const argv = ['systemctl', 'show', unit, `--property=${properties.join(',')}`] as const;
  const shown = await mustRun(tools, [...argv], 'systemd did not say how the service is');
  const told: Properties = Object.fromEntries(
    textOf(shown.stdout)
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const installed = told.LoadState === 'loaded';
  return {
    manager: 'systemd',
    installed,
    running: told.ActiveState === 'active',
    startsAtBoot: told.UnitFileState === 'enabled',
    sentence: installed ? sentenceOf(told) : 'The service is not installed.',
    file: unitFile,
    account: told.User || null,
    processId: Number(told.MainPID) || null,
  };
}

function sentenceOf(told: Properties): string {
  const since = told.StateChangeTimestamp ? ` since ${told.StateChangeTimestamp}` : '';
  switch (told.ActiveState) {
    case 'active':
      return `The service is running${since}.`;
    case 'activating':
      return told.SubState === 'auto-restart'
        ? `The service ended with code ${told.ExecMainStatus ?? '?'} and is about to be started again. See: journalctl --unit trustkeep`
        : 'The service is starting.';
    case 'deactivating':
      return 'The service is stopping: its running steps may finish.';
    case 'failed':
      return `The service failed${since} (${told.Result ?? 'no reason given'}). See: journalctl --unit trustkeep`;
    default:
      return 'The service is stopped.';
  }
}
