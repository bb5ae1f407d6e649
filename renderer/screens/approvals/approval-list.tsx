import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Approval, approvalState } from '#shared/model/approval.ts';
import { countsOf } from '#shared/model/changes/index.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { ApprovalsLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { Page } from '../../parts/page.tsx';
import { approvalShade } from '../../parts/shades.ts';
import { Soft } from '../../parts/soft.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import { approvalsCommand, useApprovalActions } from './approval-actions.tsx';

export function ApprovalList() {
  const { queries } = useBridge();
  const [decided, setDecided] = useState(false);
  const query = useQuery(
    queries.approvals.list.queryOptions({ input: { states: [...approvalState.options] } }),
  );
  const rows = useMemo(
    () => query.data?.filter((row) => (row.state === 'pending') !== decided) ?? [],
    [query.data, decided],
  );
  const actions = useApprovalActions();
  return (
    <Page title={en.approvals.title} subtitle={en.approvals.subtitle}>
      <Answer query={query}>
        {() => (
          <DataTable
            label={en.approvals.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['approvals', row.id]}
            order={{ column: 'created', descending: true }}
            list={{
              name: 'approvals',
              refresh: () => query.refetch(),
              command: () => approvalsCommand(decided),
              actions,
            }}
            tools={
              <Tabs
                small
                tabs={[
                  ['pending', en.approvals.pending],
                  ['decided', en.approvals.decided],
                ]}
                here={decided ? 'decided' : 'pending'}
                onChoose={(id) => setDecided(id === 'decided')}
              />
            }
            empty={
              <Empty
                icon={<ApprovalsLargeIcon />}
                title={decided ? en.approvals.noneDecided : en.approvals.none}
              >
                {decided ? null : en.approvals.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
    </Page>
  );
}

const columns: Column<Approval>[] = [
  {
    id: 'node',
    header: en.approvals.what,
    value: (row) => `${row.plan.endpointName} / ${row.plan.nodeName}`,
    choice: (row) => row.plan.endpointName,
    exported: (row) => `${row.plan.endpointName}/${row.plan.nodeName}`,
    cell: (row) => <What approval={row} />,
  },
  {
    id: 'authority',
    header: en.approvals.authority,
    width: '20%',
    value: (row) => row.plan.authority.name,
    choice: (row) => row.plan.authority.name,
  },
  {
    id: 'changes',
    header: en.approvals.changes,
    width: '150px',
    wideOnly: true,
    value: (row) => row.plan.install.changes.length,
    cell: (row) => countsOf(row.plan.install.changes),
  },
  {
    id: 'state',
    header: en.approvals.state,
    width: '190px',
    value: (row) => en.approvals.states[row.state],
    choice: (row) => en.approvals.states[row.state],
    cell: (row) => <Level shade={approvalShade[row.state]}>{en.approvals.states[row.state]}</Level>,
  },
  {
    id: 'created',
    header: en.approvals.asked,
    width: '130px',
    value: (row) => row.createdAt,
    time: true,
  },
  {
    id: 'by',
    header: en.approvals.decider,
    width: '150px',
    hidden: true,
    value: (row) => row.decidedBy,
    choice: (row) => row.decidedBy ?? '',
  },
];

function What({ approval }: { approval: Approval }) {
  const styles = useCellStyles();
  const { plan } = approval;
  return (
    <>
      <Soft text={`${plan.endpointName} / ${plan.nodeName}`} />
      <span className={styles.second}>{en.approvals.reason(plan.reason, plan.names)}</span>
    </>
  );
}
