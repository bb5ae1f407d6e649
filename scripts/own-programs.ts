import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** The environment in which the project's own programs come first, also when a script was not started by npm. */
export function withOwnPrograms(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
}
