import { readdirSync } from 'node:fs';
import { win32 } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { accountWords, openAbove, whoElse } from './sddl.ts';
import { securityOf } from './security.ts';

/**
 * Refuses (`service.program-open`) a program that someone who is no administrator can replace, with any file in its
 * folder or by one of the folders above: they would get what the service may do.
 */
export function refuseOpenProgram(program: string, descriptorOf = securityOf): void {
  const folder = win32.dirname(program);
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const path of [folder, ...inside.map((name) => win32.join(folder, name))])
    refuseOpen(program, path, whoElse(descriptorOf(path), 'itself'));
  const above = openAbove(folder, descriptorOf);
  if (above !== null) refuseOpen(program, above.folder, above.who);
}

function refuseOpen(program: string, path: string, who: string | null): void {
  if (who === null) return;
  throw new Failure(
    'service.program-open',
    `The service would start ${program}, but ${accountWords(who)} can change ${path}.`,
    { hint: 'Install Trustkeep for all users, in "Program Files", where only administrators can change it.' },
  );
}
