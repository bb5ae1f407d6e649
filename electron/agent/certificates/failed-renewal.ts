import { Failure } from '#shared/failure.ts';
import type { TaskRow } from '../../database/database.ts';
import { span } from '../policies/renewal.ts';
import { certifyInput } from '../steps/shapes.ts';
import type { EndTools } from '../tasks/task-kind.ts';
import { noteFailedRenewal } from './renew.ts';

const day = 24 * 60 * 60_000;

/**
 * "One attempt failed" never hides until expiry: below a fifth of life, or a day, each failure is said out loud, as is each
 * of one that has been revoked.
 */
export function afterFailedRenewal({ task, memory }: TaskRow, tools: EndTools): void {
  const { database, clock, notifications } = tools;
  // one that cannot be read may have been a renewal: it must neither keep the agent from starting nor be begun without a pause
  if (certifyInput.safeParse(memory.input).data?.reason === 'request') return;
  const why =
    task.failure === null
      ? new Failure('task.cancelled', 'The renewal was cancelled.', { retry: 'later' })
      : Failure.from({ code: task.failure.code, sentence: task.failure.sentence, retry: 'later' });
  const { id, name } = task.subject;
  const renewal = noteFailedRenewal(database, id, why, clock.now());
  const certificate = renewal === null ? null : database.certificates.get(renewal.fingerprint);
  if (renewal === null || certificate === null) return;
  const left = certificate.notAfter - clock.now();
  const revoked = certificate.revoked !== null;
  const early = left > Math.max(day, (certificate.notAfter - certificate.notBefore) / 5);
  if (early && !revoked) return;
  notifications.notify({
    kind: 'renewal-at-risk',
    level: 'danger',
    title: titleOf(name, left, revoked),
    sentence: `${renewal.failures} renewal attempt${renewal.failures === 1 ? '' : 's'} failed. Last: ${why.message}`,
    taskId: task.id,
  });
}

function titleOf(name: string, left: number, revoked: boolean): string {
  if (left <= 0) return `${name} has expired`;
  return revoked ? `The certificate of ${name} has been revoked` : `${name} expires in ${span(left)}`;
}
