import { accessSync, constants, existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const places = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Programs that were asked for and are not here; the runner names them in its last lines. */
export const missing: string[] = [];

/** Is the program, or the file at this absolute path, installed? What is not is noted in `missing`, so that a skipped test says why. */
export function have(program: string): boolean {
  const found = isAbsolute(program)
    ? existsSync(program)
    : places.some((place) => place !== '' && isExecutable(join(place, program)));
  if (!found && !missing.includes(program)) missing.push(program);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
