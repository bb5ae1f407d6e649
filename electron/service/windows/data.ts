import { existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { win32 } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { serviceName } from './scm.ts';
import { listFromAbove, listOfData, listOfPolicy, listOfToken, serviceSid, whoElse } from './sddl.ts';
import { securityOf, setAccess } from './security.ts';

/**
 * Makes the data directory, or takes the one that is there, for the service and administrators alone; only a policy in
 * it is for every desktop to read. `group`: the
 * identity of those who may call the agent, to whom the token that callers show is readable. The service must not be
 * running. Refused (`service.data-foreign`) is what belongs to someone else: every account may make folders in
 * `%ProgramData%`, and could have laid a database of its own there.
 */
export function keepData(directory: string, group: string | null): void {
  const service = serviceSid(serviceName);
  const made = mkdirSync(directory, { recursive: true });
  if (made === undefined) refuseForeign(directory, service);
  setAccess(directory, listOfData(service));
  const run = win32.join(directory, 'run');
  mkdirSync(run, { recursive: true });
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = win32.join(directory, name);
    refuseForeign(path, service);
    setAccess(path, listFromAbove);
  }
  const policy = win32.join(directory, 'policy.json');
  if (existsSync(policy)) setAccess(policy, listOfPolicy);
  if (group !== null) setAccess(run, listOfToken(service, group));
}

function refuseForeign(path: string, service: string): void {
  if (lstatSync(path).isSymbolicLink())
    throw new Failure(
      'service.data-foreign',
      `${path} is a link, where a file or directory of Trustkeep belongs.`,
      { hint: 'Remove it, then run the command again.' },
    );
  // whose it is counts; the access list is replaced
  const owner = `${securityOf(path).split(/(?=[GDS]:)/)[0] ?? ''}D:`;
  const who = whoElse(owner, false, [service]);
  if (who === null) return;
  throw new Failure(
    'service.data-foreign',
    `${path} belongs to ${who}, not to the service or an administrator.`,
    {
      hint: 'Check what it is. Move it away, or give it to the administrators: takeown /A /R /D Y /F PATH. Then run the command again.',
    },
  );
}
