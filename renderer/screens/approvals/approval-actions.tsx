import { useMemo } from 'react';
import { type Approval, approvalState } from '#shared/model/approval.ts';
import { countsOf } from '#shared/model/changes/index.ts';
import { useBridge } from '../../bridge/context.tsx';
import { type CommandLine, commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { ApprovalsIcon, CancelIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

const about = ({ plan }: Approval): string => `${plan.endpointName} / ${plan.nodeName}`;
const flags = ({ plan }: Approval) => ({ fingerprint: plan.fingerprint });

/** A decision about several plans in one go: each is bound to the plan as the list shows it. */
export function useApprovalActions(): readonly BulkAction<Approval>[] {
  const { client } = useBridge();
  return useMemo(() => {
    const decision = (row: Approval) => ({ approval: row.id, ...flags(row) });
    const shared = { can: (row: Approval) => row.state === 'pending' };
    return [
      {
        ...shared,
        id: 'approve',
        label: en.approvals.approve,
        icon: <ApprovalsIcon />,
        title: en.approvals.many.approve,
        text: en.approvals.many.approveText,
        // what would change is a part of the name: it is what is approved
        name: (row) => `${about(row)}: ${countsOf(row.plan.install.changes)}`,
        run: (row, signal) => client.approvals.approve(decision(row), { signal }),
        command: (row) => commandLine('approvals approve', row.id, flags(row)),
      },
      {
        ...shared,
        id: 'reject',
        label: en.approvals.reject,
        icon: <CancelIcon />,
        title: en.approvals.many.reject,
        text: en.approvals.many.rejectText,
        name: about,
        run: (row, signal) => client.approvals.reject(decision(row), { signal }),
        command: (row) => commandLine('approvals reject', row.id, flags(row)),
      },
    ];
  }, [client]);
}

/** The plans that are waiting, or those that are decided. */
export function approvalsCommand(decided: boolean): CommandLine {
  const states = approvalState.options.filter((state) => (state === 'pending') !== decided);
  return commandLine('approvals list', '', decided ? { states: states.join(',') } : {});
}
