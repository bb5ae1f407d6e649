import type { z } from 'zod';
import type { certificateRow } from '#shared/contract/certificates.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { expiryLevel, nameOf } from '../../parts/format.ts';
import { Level } from '../../parts/level.tsx';
import { Soft } from '../../parts/soft.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';

type CertificateRow = z.infer<typeof certificateRow>;

export function certificateColumns(now: number): Column<CertificateRow>[] {
  return [
    {
      id: 'names',
      header: en.certificates.names,
      value: (row) => row.names[0] ?? nameOf(row.subject),
      text: (row) => `${row.names.join(' ')} ${row.subject} ${row.fingerprint} ${row.serial}`,
      cell: (row) => <Names row={row} />,
    },
    {
      id: 'source',
      header: en.certificates.source,
      width: '110px',
      value: (row) => row.orderNumber ?? en.nodes.external,
      cell: (row) => (row.orderNumber === null ? en.nodes.external : en.certificates.order(row.orderNumber)),
    },
    { id: 'issuer', header: en.certificates.issuer, width: '20%', value: (row) => nameOf(row.issuer) },
    {
      id: 'expires',
      header: en.certificates.expires,
      width: '150px',
      value: (row) => row.notAfter,
      text: (row) => new Date(row.notAfter).toISOString(),
      cell: (row) => (
        <Level shade={row.revoked === null ? expiryLevel(row, now) : 'danger'}>
          {row.revoked === null ? <Time at={row.notAfter} /> : en.certificates.revoked}
        </Level>
      ),
    },
    {
      id: 'key',
      header: en.certificates.key,
      width: '96px',
      wideOnly: true,
      value: (row) => keyTypeText(row.keyType),
    },
    {
      id: 'used',
      header: en.certificates.usedBy,
      width: '20%',
      value: (row) => row.usedBy.length,
      text: (row) => row.usedBy.map((node) => node.name).join(' '),
      cell: (row) => <UsedBy row={row} />,
    },
  ];
}

export function keyTypeText(keyType: string): string {
  return (en.keyTypes as Record<string, string>)[keyType] ?? keyType;
}

function Names({ row }: { row: CertificateRow }) {
  const styles = useCellStyles();
  return (
    <>
      <Soft text={row.names[0] ?? nameOf(row.subject)} />
      {row.names.length > 1 && (
        <span className={styles.second}>{en.certificates.moreNames(row.names.slice(1))}</span>
      )}
    </>
  );
}

function UsedBy({ row }: { row: CertificateRow }) {
  const [first, ...more] = row.usedBy;
  if (first === undefined) return <span>{en.certificates.unused}</span>;
  return <Soft text={more.length === 0 ? first.name : en.certificates.usedByMore(first.name, more.length)} />;
}
