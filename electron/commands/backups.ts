import { isAbsolute } from 'node:path';
import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { createBackup } from '../database/encrypted-backup.ts';
import { restoreBackup } from '../database/restore.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function backupCommands(tools: CommandTools) {
  const os = implement(contract.backups).$context<CommandContext>();
  const alone = oneAtATime();
  return os.router({
    create: os.create.handler(({ input, context }) =>
      alone(async () => {
        const path = absolute(input.path);
        const passphrase = Secret.of(input.passphrase);
        const { bytes } = await createBackup(tools.database, {
          path,
          passphrase,
          now: tools.clock.now(),
          version: tools.version,
          withDataKey: (use) => tools.masterKey.withDataKey(use),
        }).finally(() => passphrase.wipe());
        const sentence = `Everything, including secrets, is in ${path}, encrypted with the passphrase.`;
        context.audit.note({ subject: path, sentence });
        return { path, bytes, sentence };
      }),
    ),
    restore: os.restore.handler(({ input, context }) =>
      alone(async () => {
        const path = absolute(input.path);
        const passphrase = Secret.of(input.passphrase);
        const { madeAt } = await restoreBackup({
          path,
          passphrase,
          databasePath: tools.database.path,
          now: tools.clock.now(),
          adopt: (foreign) => tools.masterKey.adopt(foreign),
          by: context.caller,
        }).finally(() => passphrase.wipe());
        const sentence = restoredSentence(path, madeAt, tools.masterKey.state().kind === 'passphrase');
        context.audit.note({ subject: path, sentence });
        return { madeAt, sentence };
      }),
    ),
  });
}

function restoredSentence(path: string, madeAt: number, byPassphrase: boolean): string {
  const from = new Date(madeAt).toISOString();
  const unlock = byPassphrase ? ' Its secrets then open with the passphrase of the backup.' : '';
  return `The backup ${path} of ${from} is intact and replaces the database at the next start of Trustkeep. The current database is kept next to it, with everything done until then. Tasks that were in progress when the backup was created end at that start.${unlock}`;
}

function absolute(path: string): string {
  if (isAbsolute(path)) return path;
  throw new Failure('input.invalid', `The path of the backup must be absolute, not "${path}".`, {
    hint: 'Enter the full path, as the agent sees it.',
  });
}

/** Two at once would take twice the room, and of two restored ones the last would win by chance. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = false;
  return async (work) => {
    if (busy)
      throw new Failure('backup.busy', 'A backup is already being created or restored.', {
        hint: 'Wait until it is finished, then try again.',
      });
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}
