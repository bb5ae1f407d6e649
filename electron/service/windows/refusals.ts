import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';

/** What error codes of Windows mean where services are concerned (winerror.h). */
const meanings: Record<number, readonly [code: FailureCode, why: string, hint: string]> = {
  2: ['service.failed', 'the program or file is not there', 'Install Trustkeep again.'],
  5: [
    'service.no-right',
    'only an administrator of this machine may do that',
    'Open the terminal with "Run as administrator" and run the command again.',
  ],
  1051: ['service.failed', 'other services that are running need it', 'Stop those first.'],
  1053: [
    'service.failed',
    'it did not report to Windows in time',
    'Look into its log and into the event log of Windows, then start it again.',
  ],
  1057: [
    'service.account-missing',
    'there is no such account, or its password is wrong',
    'Check the name (DOMAIN\\name) and the password.',
  ],
  1058: [
    'service.failed',
    'the service is disabled',
    'Set its startup type to Automatic in services.msc, or run: trustkeep service install',
  ],
  1060: ['service.not-installed', 'it is not installed', 'Install it first: trustkeep service install'],
  1061: ['service.failed', 'it is starting or stopping', 'Try again when it has done so.'],
  1069: [
    'service.failed',
    'its account could not log on: the password is wrong or has changed, or it lacks the right to log on as a service',
    'Run "trustkeep service install --account …" again with the current password.',
  ],
  1072: [
    'service.failed',
    'the service is marked for deletion, because another program still has it open',
    'Close services.msc, the Task Manager and other tools that show services, then run the command again.',
  ],
  1073: ['service.failed', 'it is already installed', 'Run the command again.'],
  1115: ['service.failed', 'the machine is shutting down', 'Try again after its start.'],
};

/** Windows refused something: what, the meaning of its error, and what to do. */
export function refusal(error: number, what: string): Failure {
  const known = meanings[error];
  if (known === undefined)
    return new Failure('service.failed', `${what}: Windows refused with error ${error}.`, {
      hint: `What it means: net helpmsg ${error}`,
    });
  const [code, why, hint] = known;
  return new Failure(code, `${what}: ${why} (error ${error}).`, { hint });
}
