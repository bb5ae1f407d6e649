import { judgedBy, type Mutation } from '../mutation.ts';

const room = 'electron/providers/endpoints/apache';
const tests = 'test/integration/apache';

/** What is read of an Apache, what is changed of it, and when a change is believed. */
export const apacheMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/providers/endpoints/apache/edits.machine.test.ts'],
    [
      {
        breaks: 'a path with blanks is written as several words',
        file: `${room}/edits.ts`,
        find: 'end: word.end, text: quoteWord(path) },',
        put: 'end: word.end, text: path },',
      },
      {
        breaks: 'new lines end otherwise than those around',
        file: `${room}/edits.ts`,
        find: "  const ends = /\\r?\\n/.exec(bytes.slice(line.start))?.[0] ?? '\\n';",
        put: "  const ends = '\\n';",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/apache/masters.test.ts'],
    [
      {
        breaks: 'the configuration file of the running server is not known',
        file: `${room}/masters.ts`,
        find: "    else if (name === '-f') master.configFile = value;\n",
        put: '',
      },
      {
        breaks: 'how a server was started counts as a part of its configuration',
        file: `${room}/masters.ts`,
        find: "(name === '-D' && !manners.has(value))",
        put: "name === '-D'",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/apache/choice.test.ts'],
    [
      {
        breaks: 'a pattern wins over a name that stands before it',
        file: `${room}/choice.ts`,
        find: 'at < plain && fits(name)',
        put: 'fits(name)',
      },
      {
        breaks: 'a host of all addresses wins over one of the address that is asked',
        file: `${room}/choice.ts`,
        find: "    [host, port],\n    [host, 0],\n    ['*', port],",
        put: "    ['*', port],\n    [host, port],\n    [host, 0],",
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/around.test.ts`],
    [
      {
        breaks: 'lines are put into text that other hosts read too',
        file: `${room}/edits.ts`,
        find: 'host.directive === null || !host.once || host.pairs.length > 1',
        put: 'host.directive === null || host.pairs.length > 1',
      },
      {
        breaks: 'a host that has certificates of its own loses those of the server around it',
        file: `${room}/vhosts.ts`,
        find: '  return [...first, ...outer.slice(first.length), ...own.slice(mostReplaced)];',
        put: '  return first.length > 0 ? [...own] : [...outer];',
      },
      {
        breaks: 'a chain file goes that another certificate cannot do without',
        file: `${room}/chain.ts`,
        find: '  if (needs !== undefined)\n',
        put: '  if (needs === null)\n',
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/endpoint.test.ts`],
    [
      {
        breaks: 'the chain file beside the certificate stays, and wins',
        file: `${room}/chain.ts`,
        find: '  if (chain === null) return null;',
        put: '  if (chain !== undefined) return null;',
      },
      {
        breaks: 'a host that uses the same pair is overlooked',
        file: `${room}/sharing.ts`,
        find: 'isOurs(certificate.path) || isOurs(key.path)',
        put: 'isOurs(null)',
      },
      {
        breaks: 'a key of the other kind is put in the place of one of two',
        file: `${room}/key-kinds.ts`,
        find: 'host.pairs.length > 1 && path !== null',
        put: 'host.pairs.length > 2 && path !== null',
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/refuses.test.ts`],
    [
      {
        breaks: 'a reload is asked for while a key and its certificate do not match',
        file: `${room}/pairs.ts`,
        find: '  [ "$public" = "$private" ] || echo "$at mismatch"\n',
        put: '  :\n',
      },
      {
        breaks: 'a reload is asked for while no program gives the pass phrase of a key',
        file: `${room}/pairs.ts`,
        find: "(trouble === 'phrase' && given)",
        put: "trouble === 'phrase'",
      },
      {
        breaks: 'a server that nobody started is started',
        file: `${room}/restart.ts`,
        find: "    await startOrSaySo(connection, 'Apache', facts.startAgain);",
        put: "    await startOrSaySo(connection, 'Apache', facts.startAgain ?? ['true']);",
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/certify.test.ts`],
    [
      {
        breaks: 'a server that died of a reload has reloaded',
        file: `${room}/restart.ts`,
        find: '  lives || { echo died; exit 0; }',
        put: '  lives || { echo new-processes; exit 0; }',
      },
      {
        breaks: 'a neighbour is not asked for after a reload',
        file: `${room}/neighbours.ts`,
        find: '  return other.places.proofs.map((proof) => ({',
        put: '  return [].map((proof: object) => ({',
      },
    ],
  ),
];
