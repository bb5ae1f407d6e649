import { readdirSync } from 'node:fs';
import { win32 } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { whoElse } from './sddl.ts';
import { securityOf } from './security.ts';

/**
 * Refuses (`service.program-open`) a program that someone who is no administrator can replace, with any file in its
 * folder or by one of the folders above: they would get what the service may do.
 */
export function refuseOpenProgram(program: string, descriptorOf = securityOf): void {
  const folder = win32.dirname(program);
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const path of [folder, ...inside.map((name) => win32.join(folder, name))])
    refuseOpen(program, path, whoElse(descriptorOf(path), false));
  for (let above = win32.dirname(folder); ; above = win32.dirname(above)) {
    refuseOpen(program, above, whoElse(descriptorOf(above), true));
    if (above === win32.dirname(above)) return;
  }
}

function refuseOpen(program: string, path: string, who: string | null): void {
  if (who === null) return;
  throw new Failure(
    'service.program-open',
    `The service would start ${program}, but ${nameOf(who)} can change ${path}.`,
    { hint: 'Install Trustkeep for all users, in "Program Files", where only administrators can change it.' },
  );
}

const names: Record<string, string> = {
  WD: 'everyone',
  'S-1-1-0': 'everyone',
  BU: 'every user',
  'S-1-5-32-545': 'every user',
  AU: 'every user',
  'S-1-5-11': 'every user',
  IU: 'whoever is logged on',
};

const nameOf = (who: string): string => names[who] ?? `the account ${who}`;
