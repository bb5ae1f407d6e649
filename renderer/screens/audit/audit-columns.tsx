import type { AuditEntry } from '#shared/model/audit.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { absoluteTime } from '../../parts/format.ts';
import { Level, type Shade } from '../../parts/level.tsx';
import { LongText } from '../../parts/long-text.tsx';
import { en } from '../../text/en.ts';

export const outcomeShade: Record<AuditEntry['outcome'], Shade> = {
  ok: 'ok',
  failed: 'danger',
  refused: 'attention',
};

export const auditColumns: Column<AuditEntry>[] = [
  { id: 'number', header: en.audit.number, width: '76px', value: (row) => row.number },
  {
    id: 'at',
    header: en.audit.time,
    width: '120px',
    value: (row) => row.at,
    time: true,
    text: (row) => absoluteTime(row.at),
  },
  {
    id: 'who',
    header: en.audit.who,
    width: '132px',
    value: who,
    choice: who,
    cell: (row) => <Who entry={row} />,
  },
  {
    id: 'sentence',
    header: en.audit.what,
    value: (row) => row.sentence,
    text: (row) => `${row.sentence} ${row.action} ${row.subject ?? ''} ${row.hash}`,
    cell: (row) => <What entry={row} />,
  },
  {
    id: 'outcome',
    header: en.audit.outcome,
    width: '110px',
    value: (row) => en.audit.outcomes[row.outcome],
    choice: (row) => en.audit.outcomes[row.outcome],
    cell: (row) => <Level shade={outcomeShade[row.outcome]}>{en.audit.outcomes[row.outcome]}</Level>,
  },
  {
    id: 'action',
    header: en.audit.action,
    width: '150px',
    hidden: true,
    value: (row) => row.action,
    choice: (row) => row.action,
  },
];

function who(entry: AuditEntry): string {
  return `${entry.actor ?? ''} ${en.origins[entry.origin]}`.trim();
}

function Who({ entry }: { entry: AuditEntry }) {
  const styles = useCellStyles();
  return (
    <>
      {entry.actor ?? en.origins[entry.origin]}
      {entry.actor !== null && <span className={styles.second}>{en.origins[entry.origin]}</span>}
    </>
  );
}

function What({ entry }: { entry: AuditEntry }) {
  const styles = useCellStyles();
  return (
    <>
      <LongText text={entry.sentence} fixed />
      <span className={styles.second}>{entry.action}</span>
    </>
  );
}
