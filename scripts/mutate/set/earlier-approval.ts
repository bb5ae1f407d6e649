import { judgedBy, type Mutation } from '../mutation.ts';

const certify = 'electron/agent/plans/certify.ts';
const request = 'electron/agent/steps/seal-request.ts';
const migration = 'electron/database/migrations/0007-key-pair-place.ts';

/** What approvals and seals of earlier versions still count for. */
export const earlierApprovalMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/security/approval-of-version-6.test.ts'],
    [
      {
        breaks: 'a fingerprint of an earlier version does not cover where the key pair is made',
        file: certify,
        find: 'earlierKeyPairPlace(rest.keyPlace.where)',
        put: "'target'",
      },
      {
        breaks: 'a fingerprint of an earlier version is computed with the word of now',
        file: certify,
        find: 'earlierKeyPairPlace(rest.keyPlace.where)',
        put: 'rest.keyPlace.where',
      },
      {
        breaks: 'a key and CSR that an earlier version sealed no longer count',
        file: request,
        find: 'return requestSeal.isOf(database, taskId, { ...made, where: earlierKeyPairPlace(made.where) });',
        put: 'return false;',
      },
      {
        breaks: 'what a task has made keeps its earlier word',
        file: migration,
        find: `['tasks', 'memory', '$.outputs."make-key".where'],\n`,
        put: '',
      },
      {
        breaks: 'a plan that is not JSON keeps the database from being opened',
        file: migration,
        find: 'iif(json_valid(${column}), ${column} ->> :path, NULL)',
        put: '${column} ->> :path',
      },
    ],
  ),
];
