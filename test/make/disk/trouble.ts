import type { LoopDisk } from '../../servers/loop-disk.ts';
import type { Chance } from '../random.ts';

/** What happens to a disk, and for how long. */
export interface Trouble {
  what: 'full' | 'read-only' | 'slow' | 'vanished';
  /** Of the agent's data directory, or of the directory that the certificate is installed in. */
  disk: 'data' | 'target';
  ms: number;
}

export function makeTrouble(chance: Chance): Trouble {
  const what = chance.pick(['full', 'read-only', 'slow', 'vanished'] as const);
  return { what, disk: chance.pick(['data', 'target'] as const), ms: chance.pick([300, 1500, 4000]) };
}

export const saysTrouble = ({ what, disk, ms }: Trouble): string => `disk (${disk}) ${what} for ${ms} ms`;

/**
 * Begins it. `over` ends it: `closeAll` is called before, where nothing may be open there for that.
 */
export async function bring(
  { what, disk: which, ms }: Trouble,
  disk: LoopDisk,
): Promise<{ over(closeAll: () => Promise<void>): Promise<void> }> {
  switch (what) {
    case 'full':
      disk.fill();
      return { over: async () => disk.makeRoom() };
    case 'slow': {
      const thawed = disk.freeze(ms);
      return { over: () => thawed };
    }
    case 'vanished':
      await disk.detach();
      return { over: () => disk.mount() };
    case 'read-only':
      // the agent has its database open there: only an error makes that disk read-only
      if (which === 'target') {
        await disk.remount('ro');
        return { over: () => disk.remount('rw') };
      }
      await disk.turnReadOnly();
      return {
        async over(closeAll) {
          await closeAll();
          await disk.repair();
        },
      };
    default:
      return what satisfies never;
  }
}
