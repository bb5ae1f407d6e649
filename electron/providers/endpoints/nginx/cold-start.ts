import type { ColdStart } from '#shared/model/plan.ts';
import type { RunningServer } from './commands.ts';

const accepted =
  'accepted the present configuration, with the certificates and keys that nginx loads at its start';
const after =
  'After the install, nginx -t is run the same way on the new files, before nginx loads them. If it reports an error, everything is restored.';

/**
 * What a plan says of a start from nothing, once `nginx -T` has accepted the configuration: it loads everything that a start
 * loads, as the account that asks. That is what a start would do only where the master process runs as the same user.
 */
export function coldStart(running: Pick<RunningServer, 'runsAs' | 'askedBy'> | null): ColdStart {
  if (running === null)
    return notProved(`nginx -T ${accepted}, but nginx is not running, so the user it starts as is not known`);
  const { runsAs, askedBy } = running;
  if (runsAs === null || askedBy === null)
    return notProved(`nginx -T ${accepted}, but the host does not show which user nginx runs as`);
  if (runsAs !== askedBy.id)
    return notProved(
      `nginx -T, run as ${askedBy.name}, ${accepted}, but the master process of nginx runs as ${userName(runsAs)}, which may be able to read other files`,
      ' The reload then shows whether the master process can read them.',
    );
  return {
    proved: true,
    sentence: `Proved for the present files: nginx -T, run as ${askedBy.name} like the master process of nginx, ${accepted}. ${after}`,
  };
}

const notProved = (why: string, more = ''): ColdStart => ({
  proved: false,
  sentence: `Not proved: ${why}. ${after}${more}`,
});

const userName = (id: number): string => (id === 0 ? 'root' : `the user with ID ${id}`);
