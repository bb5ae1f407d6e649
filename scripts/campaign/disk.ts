import { diskRounds } from '../../test/make/disk/rounds.ts';
import { canMakeDisks } from '../../test/servers/loop-disk.ts';
import type { Campaign } from './campaign.ts';
import { inWorlds } from './worlds.ts';

export const disk: Campaign = {
  about:
    'The disk of the data directory, or that of the files of the endpoint, is full, read-only, slow (frozen) or gone at a random moment of a task, on real ext4 file systems, and is back after up to four seconds. The agent says so in a sentence, the task then ends or is undone, nothing that was answered is lost, and key and certificate on the disk belong together.',
  rounds: 100,
  async run(rounds, seed) {
    if (!(await canMakeDisks())) throw new Error('This needs root, loop devices, and ext4.');
    return inWorlds({ name: 'disk', rounds, seed }, diskRounds);
  },
};
