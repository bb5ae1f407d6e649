import { Failure } from '#shared/failure.ts';
import { type JsonAnswer, unexpectedAnswer } from '../common/over-http.ts';
import { refusal, wordsOf } from './wire.ts';

/** What a secret may demand before it is shown (`None` and what no reader meets left out), the longest names first. */
const demands = [
  'RequiresCheckoutPendingRPC',
  'RequiresDoubleLockPassword',
  'RequiresCheckoutAndComment',
  'CreateDoubleLockPassword',
  'DoubleLockNoAccess',
  'RequiresApproval',
  'RequiresCheckout',
  'RequiresUndelete',
  'RequiresComment',
  'CannotView',
] as const;
export type Demand = (typeof demands)[number];

/** The first demand that stands in one of the texts. */
export function demandIn(...texts: readonly string[]): Demand | null {
  const all = texts.join(' ').toLowerCase();
  return demands.find((demand) => all.includes(demand.toLowerCase())) ?? null;
}

/** Whether saying the comment is an answer to it. */
export function wantsComment(demand: Demand): boolean {
  return (
    demand === 'RequiresComment' || demand === 'RequiresCheckout' || demand === 'RequiresCheckoutAndComment'
  );
}

/** Why a secret stays closed. `what` names it: `Secret "12" of …`. `said`: the comment was given already. */
export function demandFailure(demand: Demand, what: string, said: boolean): Failure {
  const closed = (sentence: string, hint: string) =>
    new Failure('credential.restricted', `${what} ${sentence}.`, { hint });
  const comment = said
    ? 'The comment of the store was sent and was not enough. Check the secret in Secret Server.'
    : 'Set a comment for the credential store. It is then sent, and the secret is checked out.';
  switch (demand) {
    case 'RequiresComment':
      return closed('requires a comment before it is shown', comment);
    case 'RequiresCheckout':
      return closed('must be checked out before it is shown', comment);
    case 'RequiresCheckoutAndComment':
      return closed('must be checked out, with a comment, before it is shown', comment);
    case 'RequiresApproval':
      return closed(
        'requires someone to approve each access',
        'Approve the access in Secret Server, or remove the requirement for the account of the agent.',
      );
    case 'RequiresDoubleLockPassword':
    case 'CreateDoubleLockPassword':
    case 'DoubleLockNoAccess':
      return closed(
        'is under a DoubleLock, which cannot be opened unattended',
        'Remove the DoubleLock, or use another secret.',
      );
    case 'RequiresCheckoutPendingRPC':
      return new Failure(
        'credential.change-in-process',
        `${what} is waiting for its password to be changed.`,
        {
          hint: 'Trustkeep will try again automatically. If this continues, check Remote Password Changing.',
        },
      );
    case 'RequiresUndelete':
      return new Failure('credential.deleted', `${what} has been deleted.`, {
        hint: 'Undelete it in Secret Server, or use another secret.',
      });
    case 'CannotView':
      return new Failure(
        'credential.denied',
        `This account is allowed to list ${what}, but not to view it.`,
        {
          hint: 'Give the account the View permission on the secret or its folder.',
        },
      );
  }
}

/** What any other refusal of a secret means. */
export function refusedSecret(answer: JsonAnswer, what: string, who: string): Failure {
  const found = refusal.safeParse(answer.json);
  const words = wordsOf(answer.json);
  if (!found.success || words === '') {
    return answer.status === 404 && answer.json !== undefined
      ? notFound(what, undefined)
      : unexpectedAnswer(who, answer);
  }
  const peerSaid = answer.tail(words);
  const code = found.data.errorCode ?? '';
  if (/AccessDenied/i.test(code) || answer.status === 403)
    return new Failure(
      'credential.denied',
      `${what} does not exist, or this account is not allowed to view it.`,
      {
        hint: 'Secret Server does not distinguish the two. Check the ID, and give the account the View permission.',
        peerSaid,
      },
    );
  if (answer.status === 404 || /not.?found|does not exist|no secret/i.test(words))
    return notFound(what, peerSaid);
  if (/checked out/i.test(words))
    return new Failure('credential.checked-out', `${what} is checked out by someone else.`, {
      hint: 'Trustkeep will try again automatically. You can also force a check-in in Secret Server.',
      peerSaid,
    });
  return new Failure(
    'credential-store.unexpected-answer',
    `${what} was refused by the server for another reason.`,
    {
      hint: 'Its answer is shown. Check the secret in Secret Server.',
      peerSaid,
    },
  );
}

function notFound(what: string, peerSaid: string | undefined): Failure {
  return new Failure('credential.not-found', `${what} does not exist.`, {
    hint: 'Check the ID of the secret, or its path: \\Folder\\Secret name.',
    peerSaid,
  });
}
