import { oc } from '@orpc/contract';
import { z } from 'zod';
import { failureData } from '../failure.ts';

/** How the command line draws a command; everything else is read from its input schema. */
export interface CommandMeta extends Record<string, unknown> {
  /** Words on the command line: `approvals approve`. Left out: not a command of its own. */
  cli?: string;
  /** One sentence for help. */
  help?: string;
  /** Input field that may be given without its flag, as the first word after the command. */
  positional?: string;
  /** A second such field; it also takes a first word that is none of the choices of `positional`. */
  alsoPositional?: string;
  /** Changes something: one audit row. */
  mutates?: boolean;
  /** May be the first thing done on a machine: where no database is, one is made. The others refuse, and make nothing. */
  begins?: boolean;
}

/** Every command of the contract starts here: one error shape, one kind of notes. */
export const command = oc.$meta<CommandMeta>({}).errors({
  FAILURE: { status: 422, message: 'The command failed.', data: failureData },
});

/** Name or id of something; ids are found first. */
export const nameOrId = z.string().min(1).max(255);

export const nothing = z.object({}).strict();
