import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { WindowsConnection } from '../../electron/providers/connections/common/windows-connection.ts';
import { LocalWindowsHost } from '../../electron/providers/connections/local/windows-host.ts';
import { SshWindowsHost } from '../../electron/providers/connections/ssh/windows-host.ts';
import { powershell } from '../servers/powershell.ts';
import { Machine, type MachineState } from '../servers/powershell-machine.ts';
import { canRunSshd, startSshd } from '../servers/sshd.ts';
import { startWsman } from '../servers/wsman.ts';
import { connectTools, sshLogin, sshSettings } from './connection.ts';
import { connectWinrm, users } from './winrm.ts';

/** A Windows stand-in and how it is reached. */
export interface WindowsPeer {
  machine: Machine;
  /** What it was sent and should not have been. */
  incidents(): string[];
  connect(): Promise<WindowsConnection>;
  /** How much is open or runs there. */
  left(): number;
  /** The line breaks; null: there is none. */
  drop: (() => unknown) | null;
  stop(): Promise<void>;
}

interface Way {
  can: boolean;
  start(state?: Partial<MachineState>): Promise<WindowsPeer>;
}

function newMachine(state: Partial<MachineState>) {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-windows-'));
  chmodSync(directory, 0o755);
  const machine = new Machine(directory);
  machine.change(state);
  return { machine, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

async function overWinrm(state: Partial<MachineState> = {}): Promise<WindowsPeer> {
  const { machine, remove } = newMachine(state);
  const server = await startWsman({ users, programs: powershell(machine) });
  return {
    machine,
    incidents: () => [...machine.incidents, ...server.incidents],
    connect: async () => new WindowsConnection(await connectWinrm(server.port)),
    left: () => server.shells.open.size + server.shells.running,
    drop: () => server.dropConnections(),
    stop: async () => {
      await server.stop();
      remove();
    },
  };
}

/** Puts `powershell.exe` and `where.exe` into a directory for the PATH. */
function programsOf(directory: string): string {
  const place = join(directory, 'system32');
  mkdirSync(place);
  const entry = resolve('test/servers/powershell-program.ts');
  for (const name of ['powershell.exe', 'where.exe']) {
    const text = `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${entry}' '${directory}' ${name} "$@"\n`;
    writeFileSync(join(place, name), text, { mode: 0o755 });
  }
  return place;
}

async function overSsh(state: Partial<MachineState> = {}): Promise<WindowsPeer> {
  const { machine, directory, remove } = newMachine(state);
  const path = `${programsOf(directory)}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const server = await startSshd({ config: [`SetEnv PATH=${path} SHLVL=2`] });
  return {
    machine,
    incidents: () => machine.incidents,
    connect: async () =>
      new WindowsConnection(
        await SshWindowsHost.connect(sshSettings(server), sshLogin(server), connectTools),
      ),
    left: () => 0,
    drop: () => server.dropConnections(),
    stop: async () => {
      await server.stop();
      remove();
    },
  };
}

async function here(state: Partial<MachineState> = {}): Promise<WindowsPeer> {
  const { machine, directory, remove } = newMachine(state);
  const before = process.env.PATH;
  process.env.PATH = `${programsOf(directory)}:${before}`;
  return {
    machine,
    incidents: () => machine.incidents,
    connect: async () => new WindowsConnection(new LocalWindowsHost(systemClock)),
    left: () => 0,
    drop: null,
    stop: async () => {
      process.env.PATH = before;
      remove();
    },
  };
}

/** Each way in which a Windows host is reached. */
export const windowsWays: Record<string, Way> = {
  winrm: { can: true, start: overWinrm },
  ssh: { can: canRunSshd(), start: overSsh },
  'its own programs': { can: true, start: here },
};
