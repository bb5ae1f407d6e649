import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { fileFacts, Remembered } from '../common/remembers.ts';
import type { Program } from './program.ts';

/** What carrying out an Apache plan needs beside its changes. Arguments are a line each. */
export const apacheRemembers = new Remembered(
  'apache',
  1,
  fileFacts.extend({
    program: z.string().describe('Apache program'),
    version: z.string().describe('Apache version'),
    command: z.string().describe('Command of the instance'),
    flags: z.string().describe('Options of the instance'),
    infoModule: z.string().nullable().describe('Module that prints the configuration'),
    pidPath: z.string().nullable().describe('Pid file'),
    errorLogPath: z.string().nullable().describe('Error log'),
    family: z.enum(['rsa', 'ecdsa']).nullable().describe('Kind of key'),
  }),
);

/** The program as it was found when the plan was made. `plan.unreadable`. */
export function programOf(plan: InstallPlan): Program {
  const { program, version, command, flags, infoModule } = apacheRemembers.read(plan);
  const [first, ...rest] = linesOf(command);
  if (first === undefined)
    throw new Failure('plan.unreadable', 'The plan names no command of Apache.', {
      hint: 'Make a new plan.',
    });
  return { path: program, version, command: [first, ...rest], flags: linesOf(flags), infoModule };
}

/** The same as facts of a plan. */
export function factsOf({ path, version, command, flags, infoModule }: Program) {
  return { program: path, version, command: command.join('\n'), flags: flags.join('\n'), infoModule };
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));
