import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { win32 } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { refuseOtherDirectory } from '../own-directory.ts';
import { serviceName } from './scm.ts';
import {
  accountWords,
  listFromAbove,
  listOfData,
  listOfToken,
  openAbove,
  serviceSid,
  whoElse,
} from './sddl.ts';
import { giveToAdministrators, isLink, securityOf, setAccess } from './security.ts';

interface DataAccess {
  directory: string;
  /** The identity of those who may call the agent, to whom the token that callers show is readable. */
  group: string | null;
  /** The identities of what the service runs as, and ran as: what is theirs there was made by it. */
  accounts: readonly string[];
  /** A name in the directory, where the master key is to be kept under another than the usual one. */
  keyFile: string | null;
}

/**
 * Makes the data directory, or takes the one that is there, for the service and administrators alone. The service must not be running. Refused (`service.data-foreign`) is what belongs to
 * someone else: every account may make folders in `%ProgramData%`, and could have laid a database of its own there.
 * Refused (`usage`) is a directory of something else, whose access lists would be gone.
 */
export function keepData({ directory, group, accounts, keyFile }: DataAccess): void {
  const service = serviceSid(serviceName);
  let made: string | undefined;
  try {
    made = mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new Failure(
      'usage',
      `The data directory ${directory} cannot be made: ${(cause as Error).message}.`,
      { cause },
    );
  }
  refuseOtherDirectory(directory, keyFile);
  refuseOpenAbove(directory);
  const keep = (path: string, list: string) => {
    const owner = ownerOf(path, [service, ...accounts]);
    setAccess(path, list);
    if (whoElse(owner, 'itself', [service]) !== null) giveToAdministrators(path);
  };
  if (made === undefined) keep(directory, listOfData(service));
  else setAccess(directory, listOfData(service));
  const run = win32.join(directory, 'run');
  mkdirSync(run, { recursive: true });
  for (const path of allIn(directory)) keep(path, listFromAbove);
  if (group !== null) setAccess(run, listOfToken(service, group));
}

/** One after the other: what is in a folder is looked for when the folder itself was found good. */
function* allIn(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    const path = win32.join(directory, name);
    yield path;
    if (lstatSync(path).isDirectory()) yield* allIn(path);
  }
}

function refuseOpenAbove(directory: string): void {
  const found = openAbove(directory, securityOf);
  if (found === null) return;
  throw new Failure(
    'service.data-foreign',
    `${accountWords(found.who)} can change ${found.folder}, and put another data directory in the place of ${directory}.`,
    {
      hint: 'Name a data directory in a folder that only administrators can change, or leave out --data-directory.',
    },
  );
}

/** As a descriptor without a list, since the list is replaced: whose it is counts. */
function ownerOf(path: string, ours: readonly string[]): string {
  if (lstatSync(path).isSymbolicLink() || (lstatSync(path).isDirectory() && isLink(path)))
    throw new Failure(
      'service.data-foreign',
      `${path} is a link, where a file or directory of Trustkeep belongs.`,
      { hint: 'Remove it, then run the command again.' },
    );
  const owner = `${securityOf(path).split(/(?=[GDS]:)/)[0] ?? ''}D:`;
  const who = whoElse(owner, 'itself', ours);
  if (who === null) return owner;
  throw new Failure(
    'service.data-foreign',
    `${path} belongs to ${who}, not to the service or an administrator.`,
    {
      hint: 'Check what it is. Move it away, or give it to the administrators: takeown /A /R /D Y /F PATH. Then run the command again.',
    },
  );
}
