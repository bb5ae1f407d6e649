import { Button, Spinner } from '@fluentui/react-components';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { AuditEntry, AuditVerdict } from '#shared/model/audit.ts';
import { useBridge } from '../../bridge/context.tsx';
import { toFailure } from '../../bridge/failure.ts';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { commandLine } from '../../parts/command-line.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Older } from '../../parts/data-table/older.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Hash } from '../../parts/hash.tsx';
import { AuditLargeIcon, VerifyIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import type { ScreenProps } from '../screen.ts';
import { auditColumns } from './audit-columns.tsx';
import { AuditPanel } from './audit-panel.tsx';

const batch = 200;

export function AuditScreen({ rest }: ScreenProps) {
  const { client } = useBridge();
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const verify = useCommand(() => client.audit.verify({}));
  const { query, rows } = useEntries();
  const verified = async (): Promise<void> => setVerdict((await verify.run(undefined)) ?? null);
  const shown = rows.find((row) => String(row.number) === rest[0]);
  return (
    <Page
      title={en.audit.title}
      subtitle={en.audit.subtitle}
      actions={
        <Button
          appearance="primary"
          icon={verify.busy ? <Spinner size="tiny" /> : <VerifyIcon />}
          disabled={verify.busy}
          onClick={() => void verified()}
        >
          {verify.busy ? en.audit.verifying : en.audit.verify}
        </Button>
      }
    >
      <FailureBar failure={verify.failure} />
      {verdict !== null && <Verdict verdict={verdict} />}
      <FailureBar
        failure={query.error === null ? null : toFailure(query.error)}
        onAgain={() => void query.refetch()}
      />
      {query.data !== undefined && <Entries rows={rows} refresh={query.refetch} />}
      <Older query={query} rows={rows.length} />
      {shown !== undefined && <AuditPanel entry={shown} onClose={() => go('audit')} />}
    </Page>
  );
}

/** The newest entries first, read batch by batch. */
function useEntries() {
  const { queries } = useBridge();
  const query = useInfiniteQuery(
    queries.audit.list.infiniteOptions({
      input: (before: number | null) => ({ limit: batch, ...(before === null ? {} : { before }) }),
      initialPageParam: null as number | null,
      getNextPageParam: (last: AuditEntry[]) => (last.length < batch ? undefined : last.at(-1)?.number),
    }),
  );
  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  return { query, rows };
}

function Entries({ rows, refresh }: { rows: AuditEntry[]; refresh(): Promise<unknown> }) {
  return (
    <DataTable
      label={en.audit.title}
      rows={rows}
      columns={auditColumns}
      rowKey={(row) => String(row.number)}
      place={(row) => ['audit', String(row.number)]}
      order={{ column: 'number', descending: true }}
      list={{
        name: 'audit',
        refresh: () => refresh(),
        command: () => commandLine('audit list', '', { limit: Math.min(1000, Math.max(1, rows.length)) }),
      }}
      empty={
        <Empty icon={<AuditLargeIcon />} title={en.audit.none}>
          {en.audit.noneHint}
        </Empty>
      }
    />
  );
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  return (
    <Notice
      intent={verdict.ok ? 'success' : 'error'}
      urgent
      title={
        verdict.firstBad === null ? en.audit.whole(verdict.entries) : en.audit.broken(verdict.firstBad.number)
      }
    >
      {verdict.firstBad === null ? en.audit.wholeHint : verdict.firstBad.sentence}
      <div>
        {en.audit.head} <Hash value={verdict.head} what={en.audit.head} />
      </div>
    </Notice>
  );
}
