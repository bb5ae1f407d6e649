import { judgedBy, type Mutation } from '../mutation.ts';

const renew = 'electron/agent/certificates/renew.ts';
const failed = 'electron/agent/certificates/failed-renewal.ts';

/** What a failed or rejected renewal does to the schedule, and when it is told. */
export const failedRenewalMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/failed-renewal.test.ts'],
  [
    {
      breaks: 'a rejection counts as a failure of the network',
      file: renew,
      find: "failure.code === 'approval.rejected' || ",
      put: '',
    },
    {
      breaks: 'a cancelled renewal comes again in five minutes',
      file: renew,
      find: " || failure.code === 'task.cancelled'",
      put: '',
    },
    {
      breaks: 'a renewal that was tried early and failed comes over and over',
      file: renew,
      find: 'if (regular.nextAt > now) {',
      put: 'if (regular.nextAt > now + 1e12) {',
    },
    {
      breaks: 'failures are not counted, so that the back-off never grows',
      file: renew,
      find: 'const failures = renewal.failures + 1;',
      put: 'const failures = renewal.failures * 0;',
    },
    {
      breaks: 'a certificate expires while its renewals fail in silence',
      file: failed,
      find: 'left > Math.max(day, (certificate.notAfter - certificate.notBefore) / 5)',
      put: 'left > 0',
    },
    {
      breaks: 'the first failure of a renewal is an alarm',
      file: failed,
      find: '  if (early && !revoked) return;\n',
      put: '',
    },
    {
      breaks: 'renewals of a revoked certificate fail in silence',
      file: failed,
      find: 'if (early && !revoked) return;',
      put: 'if (early) return;',
    },
    {
      breaks: 'a request that failed moves the renewal',
      file: failed,
      find: "  if (certifyInput.safeParse(memory.input).data?.reason === 'request') return;\n",
      put: '',
    },
  ],
);
