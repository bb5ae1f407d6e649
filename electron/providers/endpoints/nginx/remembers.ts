import { z } from 'zod';
import type { InstallPlan } from '#shared/model/plan.ts';
import { fileFacts, Remembered } from '../common/remembers.ts';
import type { Program } from './program.ts';

/** What carrying out an nginx plan needs beside its changes. */
export const nginxRemembers = new Remembered(
  'nginx',
  1,
  fileFacts.extend({
    program: z.string().describe('nginx program'),
    version: z.string().describe('nginx version'),
    configPath: z.string().describe('Main configuration file'),
    prefix: z.string().describe('Prefix'),
    // plans of earlier versions do without
    givenPrefix: z.string().nullable().default(null).describe('Prefix given'),
    givenErrorLog: z.string().nullable().default(null).describe('Error log given'),
    givenDirectives: z.string().nullable().default(null).describe('Directives given'),
    builtPidPath: z.string().describe('Pid file it was built with'),
    errorLogPath: z.string().describe('Error log it was built with'),
    pidPath: z.string().describe('Pid file'),
    family: z.enum(['rsa', 'ecdsa']).nullable().describe('Kind of key'),
  }),
);

/** The program as it was found when the plan was made. */
export function programOf(plan: InstallPlan): Program {
  const facts = nginxRemembers.read(plan);
  const { program, version, configPath, prefix, builtPidPath, errorLogPath } = facts;
  const given = {
    prefix: facts.givenPrefix,
    errorLog: facts.givenErrorLog,
    directives: facts.givenDirectives,
  };
  return { path: program, version, configPath, prefix, pidPath: builtPidPath, errorLogPath, given };
}

/** The same as facts of a plan. */
export function factsOf({ path, version, configPath, prefix, pidPath, errorLogPath, given }: Program) {
  return {
    ...{ program: path, version, configPath, prefix, builtPidPath: pidPath, errorLogPath },
    ...{ givenPrefix: given.prefix, givenErrorLog: given.errorLog, givenDirectives: given.directives },
  };
}
