import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WindowsConnection } from '../../electron/providers/connections/common/windows-connection.ts';
import { powershell, type Services } from '../servers/powershell.ts';
import { WindowsWorld } from '../servers/powershell-world.ts';
import { startWsman } from '../servers/wsman.ts';
import { connectWinrm, users } from './winrm.ts';

/** A Windows stand-in and how it is reached. */
export interface WindowsPeer {
  world: WindowsWorld;
  services: Services;
  /** What it was sent and should not have been. */
  incidents(): string[];
  connect(): Promise<WindowsConnection>;
  /** What is open or runs there. */
  left(): number;
  /** The line breaks. */
  drop(): void;
  stop(): Promise<void>;
}

interface Way {
  can: boolean;
  start(machine?: { restricted?: boolean; noise?: string }): Promise<WindowsPeer>;
}

function newMachine(given: { restricted?: boolean; noise?: string }) {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-windows-'));
  const services: Services = new Map();
  const incidents: string[] = [];
  const machine = { world: new WindowsWorld(directory), services, incidents, ...given };
  return { machine, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

async function overWinrm(given: { restricted?: boolean; noise?: string } = {}): Promise<WindowsPeer> {
  const { machine, remove } = newMachine(given);
  const server = await startWsman({ users, programs: powershell(machine) });
  return {
    world: machine.world,
    services: machine.services,
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

/** Each way in which a Windows host is reached. */
export const windowsWays: Record<string, Way> = {
  winrm: { can: true, start: overWinrm },
};
