import { judgedBy, type Mutation } from '../mutation.ts';

const managers = 'electron/providers/endpoints/common/managers.ts';
const programs = 'electron/providers/endpoints/common/certificate-managers.ts';

/** Who else manages a certificate: told by notes on the endpoint, and by nothing else. */
export const managerMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/endpoints/common/managers.test.ts'],
  [
    {
      breaks: 'a path is enough to take a program for the manager of a file',
      file: managers,
      find: 'manager.renews(matches.get(note)?.map(({ match }) => match) ?? [], name)',
      put: 'matches !== undefined || manager.renews([], name) || note !== undefined',
    },
    {
      breaks: 'a connection that was lost is taken for a host without notes',
      file: managers,
      find: 'if (error instanceof Failure && isAboutConnection(error)) throw error;',
      put: 'if (error instanceof Failure && isAboutConnection(error)) return [];',
    },
    {
      breaks: 'a path with a line feed has another file looked at',
      file: managers,
      find: " && !path.includes('\\n')",
      put: '',
    },
    {
      breaks: 'a site of HestiaCP without its renewal counts as renewed by it',
      file: programs,
      find: "`DOMAIN='${name}'` && lines[at + 1] === \"LETSENCRYPT='yes'\"",
      put: "`DOMAIN='${name}'` && at >= 0",
    },
  ],
);
