import { judgedBy, type Mutation } from '../mutation.ts';

const told = 'electron/agent/certificates/unrenewed.ts';
const stages = 'electron/agent/policies/unrenewed.ts';
const watch = 'electron/agent/certificates/watch.ts';

/** What a person is told of certificates that nobody renews here, and how servers are watched. */
export const watchedMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/unrenewed.test.ts'],
    [
      {
        breaks: 'a certificate that nobody renews is told of at every turn',
        file: told,
        find: 'known?.fingerprint === next.fingerprint ? known.stage : 0',
        put: '0',
      },
      {
        breaks: 'a certificate that took the place of one that was told of is not told of',
        file: told,
        find: 'known?.fingerprint === next.fingerprint ? known.stage : 0',
        put: 'known?.stage ?? 0',
      },
      {
        breaks: 'certificates that this agent renews are told of as not renewed',
        file: told,
        find: '!renewed.has(`${node.id} ${node.certificate?.fingerprint}`)',
        put: 'renewed.size >= 0',
      },
      {
        breaks: 'what another program has just renewed is told of as served wrongly',
        file: told,
        find: 'discoveredAt > wrongSince && served.at > wrongSince',
        put: 'served.at >= wrongSince',
      },
      {
        breaks: 'the end of a certificate is told although the next one may be served already',
        file: told,
        find: 'stage: wrong || certificate === null ?',
        put: 'stage: certificate === null ?',
      },
      {
        breaks: 'an expired certificate is told of no louder than one that will expire',
        file: told,
        find: "ended ? ('danger' as const) : ('attention' as const)",
        put: "ended ? ('attention' as const) : ('attention' as const)",
      },
      {
        breaks: 'short-lived certificates are told of from birth',
        file: stages,
        find: 'Math.min(days * day, (notAfter - notBefore) * share)',
        put: 'days * day * Math.ceil(share)',
      },
      {
        breaks: 'that a certificate has expired is no step of its own',
        file: stages,
        find: 'return left <= 0 ? stages.length + 1 : passed.length;',
        put: 'return passed.length;',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/watch.test.ts'],
    [
      {
        breaks: 'an endpoint that does not answer takes as long as it takes',
        file: watch,
        find: 'if (clock.monotonic() <= until) await',
        put: 'if (until > 0) await',
      },
      {
        breaks: 'handshakes with one server are counted by node',
        file: 'electron/agent/steps/verify.ts',
        find: 'probeInLane(probeTls, {',
        put: 'probeTls({',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/common/copies.test.ts'],
    [
      {
        breaks: 'a hook that names another file makes a file a copy',
        file: 'electron/providers/endpoints/common/copies.ts',
        find: ' && names.has(name) && !hooks.has(name)',
        put: '',
      },
      {
        breaks: 'only the files of whole commands are looked for in the stores of others',
        file: 'electron/providers/endpoints/common/copies.ts',
        find: '  if (some.length > 0) yield some;\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/nginx/cold-start.test.ts'],
    [
      {
        breaks: 'a start from nothing is proved by another user than the one that starts it',
        file: 'electron/providers/endpoints/nginx/cold-start.ts',
        find: 'if (runsAs !== askedBy.id)',
        put: 'if (runsAs < 0)',
      },
    ],
  ),
];
