import type { Log } from '#kit/log.ts';
import type { LocalSocket } from '../transport/local-socket.ts';
import type { AppRouter } from '../transport/port.ts';

interface Doors {
  /** Opens the local socket for the command line. */
  listen(): Promise<void>;
  /** Opens a second one for the group of that directory. */
  listenForGroup(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** The sockets through which other programs of this machine call the agent. */
export function makeDoors(router: AppRouter, dataDirectory: string, log: Log): Doors {
  const open: LocalSocket[] = [];
  return {
    async listen() {
      const { listenLocally } = await import('../transport/local-socket.ts');
      open.push(await listenLocally(router, dataDirectory, log));
    },
    async listenForGroup(directory) {
      const { listenForGroup } = await import('../transport/local-socket.ts');
      open.push(await listenForGroup(router, directory, log));
    },
    async close() {
      for (const socket of open) await socket.close();
    },
  };
}
