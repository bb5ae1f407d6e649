import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import { findApproval } from './find.ts';
import type { CommandTools } from './tools.ts';

interface Decision {
  approval: string;
  fingerprint?: string | undefined;
  comment?: string | undefined;
}

export function approvalCommands({ database, agent }: CommandTools) {
  const os = implement(contract.approvals).$context<CommandContext>();
  const decide = (yes: boolean, input: Decision, { caller, audit }: CommandContext) => {
    const { id, plan } = findApproval(database, input.approval);
    const what = `${plan.reason} of ${plan.names.join(', ')} on ${plan.endpointName}/${plan.nodeName}`;
    return audit.commit(
      () => agent.decide(id, yes, input.fingerprint, input.comment, caller),
      () => ({ subject: id, sentence: `The plan "${what}" was ${yes ? 'approved' : 'rejected'}.` }),
    );
  };
  return os.router({
    list: os.list.handler(({ input }) => database.approvals.list(input.states ?? ['pending'])),
    show: os.show.handler(({ input }) => findApproval(database, input.approval)),
    approve: os.approve.handler(({ input, context }) => decide(true, input, context)),
    reject: os.reject.handler(({ input, context }) => decide(false, input, context)),
  });
}
