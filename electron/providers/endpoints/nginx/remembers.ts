import { z } from 'zod';
import type { InstallPlan } from '#shared/model/plan.ts';
import { fileFacts, Remembered } from '../common/remembers.ts';
import type { Program } from './commands.ts';

/** What carrying out an nginx plan needs beside its changes. */
export const nginxRemembers = new Remembered(
  'nginx',
  1,
  fileFacts.extend({
    program: z.string().describe('nginx program'),
    version: z.string().describe('nginx version'),
    configPath: z.string().describe('Main configuration file'),
    prefix: z.string().describe('Prefix it was built with'),
    builtPidPath: z.string().describe('Pid file it was built with'),
    errorLogPath: z.string().describe('Error log it was built with'),
    pidPath: z.string().describe('Pid file'),
    family: z.enum(['rsa', 'ecdsa']).nullable().describe('Kind of key'),
  }),
);

/** The program as it was found when the plan was made. */
export function programOf(plan: InstallPlan): Program {
  const { program, version, configPath, prefix, builtPidPath, errorLogPath } = nginxRemembers.read(plan);
  return { path: program, version, configPath, prefix, pidPath: builtPidPath, errorLogPath };
}
