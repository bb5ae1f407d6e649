import { z } from 'zod';
import { whenHere } from '../connections/fields.ts';
import type { Field, Flat } from '../field.ts';
import { number, text } from '../flat.ts';

/** Seconds that a script may run, where nothing else is said. */
export const usualScriptTimeout = 300;

/** Scripts of the user, of a type whose own program is not known. */
export const scriptShape = {
  installScript: z.string().nullable(),
  restartScript: z.string().nullable(),
  /** Seconds; left out: `usualScriptTimeout`, as in settings of before it could be chosen. */
  scriptTimeout: z.number().int().min(1).max(3600).optional(),
};
const scriptSettings = z.object(scriptShape);
export type ScriptSettings = z.infer<typeof scriptSettings>;

export const scriptFields: readonly Field[] = [
  {
    name: 'install_script',
    label: 'Install script',
    help: 'Path to a script on the endpoint, run after installing, with the alias as its argument.',
    kind: 'path',
    ownFile: whenHere,
    min: 1,
    max: 4096,
  },
  {
    name: 'restart_script',
    label: 'Restart script',
    help: 'Path to a script on the endpoint that makes its program serve the new certificate.',
    kind: 'path',
    ownFile: whenHere,
    min: 1,
    max: 4096,
  },
  {
    name: 'script_timeout',
    label: 'Script time limit',
    help: `Seconds that a script may run before it and what it started are ended, 1 to 3600. Default: ${usualScriptTimeout}.`,
    hint: `Seconds before a script and what it started are ended. Default: ${usualScriptTimeout}.`,
    kind: 'number',
    min: 1,
    max: 3600,
    advanced: true,
  },
];

export function scriptsToFlat({ installScript, restartScript, scriptTimeout }: ScriptSettings): Flat {
  return {
    install_script: installScript ?? undefined,
    restart_script: restartScript ?? undefined,
    script_timeout: scriptTimeout,
  };
}

export function scriptsFromFlat(flat: Flat): ScriptSettings {
  const seconds = number(flat, 'script_timeout', usualScriptTimeout);
  return {
    installScript: text(flat, 'install_script'),
    restartScript: text(flat, 'restart_script'),
    // absent when it is the usual one: approvals are bound to the settings as they were
    ...(seconds === usualScriptTimeout ? {} : { scriptTimeout: seconds }),
  };
}
