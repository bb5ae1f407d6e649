import { wrongPassphrase } from '../../../../electron/database/backup-failures.ts';
import { passphrase } from '../world/said-by-others.ts';
import { day } from '../world/world.ts';
import { type FakeTools, os } from './procedures.ts';

/** A backup is made and restored, and no file is touched. */
export function backupRoutes({ world, did }: FakeTools) {
  return {
    backups: {
      create: os.backups.create.handler(({ input }) => {
        did('backups.create', input);
        const { path } = input;
        const sentence = `Everything, including secrets, is in ${path}, encrypted with the passphrase.`;
        return { path, bytes: 1_834_120, sentence };
      }),
      restore: os.backups.restore.handler(({ input }) => {
        did('backups.restore', input);
        if (input.passphrase !== passphrase) throw wrongPassphrase(input.path);
        const madeAt = world.now - day;
        return { madeAt, sentence: restoredSentence(input.path, madeAt) };
      }),
    },
  };
}

function restoredSentence(path: string, madeAt: number): string {
  const from = new Date(madeAt).toISOString();
  return `The backup ${path} of ${from} is intact and replaces the database at the next start of Trustkeep. The current database is kept next to it, with everything done until then. Tasks that were in progress when the backup was created end at that start.`;
}
