import { z } from 'zod';
import { command } from './base.ts';

const passphrase = z
  .string()
  .min(12, { error: 'The passphrase must be at least 12 characters long.' })
  .max(1024)
  .meta({ secret: true });

export const backups = {
  /** The whole database with the key of its secrets, encrypted under the passphrase (scrypt). Never overwrites. */
  create: command
    .meta({
      cli: 'backup create',
      help: 'Write everything, including secrets, to one encrypted file.',
      positional: 'path',
      mutates: true,
    })
    .input(z.object({ path: z.string().min(1).max(4096), passphrase }).strict())
    .output(z.object({ path: z.string(), bytes: z.number().int(), sentence: z.string() })),
  /** Reads and checks the file now; it takes the place of the database at the next start, the old one is kept aside and tasks under way in it end. */
  restore: command
    .meta({
      cli: 'backup restore',
      help: 'Replace the database with a backup, on this machine or another.',
      positional: 'path',
      mutates: true,
      begins: true,
    })
    .input(z.object({ path: z.string().min(1).max(4096), passphrase }).strict())
    .output(z.object({ madeAt: z.number().int(), sentence: z.string() })),
};
