import type { z } from 'zod';
import type { certificateRow } from '#shared/contract/certificates.ts';
import { now } from '../../bridge/clock.ts';
import { useNow } from '../../bridge/time.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { expiryLevel, nameOf } from '../../parts/format.ts';
import { Level } from '../../parts/level.tsx';
import { Soft } from '../../parts/soft.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';

export type CertificateRow = z.infer<typeof certificateRow>;

export const certificateColumns: Column<CertificateRow>[] = [
  {
    id: 'names',
    header: en.certificates.names,
    value: (row) => row.names[0] ?? nameOf(row.subject),
    text: (row) => `${row.names.join(' ')} ${row.subject} ${row.fingerprint} ${row.serial}`,
    exported: (row) => row.names,
    cell: (row) => <Names row={row} />,
  },
  {
    id: 'source',
    header: en.certificates.source,
    width: '100px',
    value: (row) => row.orderNumber ?? en.nodes.external,
    choice: (row) => (row.orderNumber === null ? en.nodes.external : en.certificates.ordered),
    exported: (row) => row.orderNumber,
    cell: (row) => (row.orderNumber === null ? en.nodes.external : en.certificates.order(row.orderNumber)),
  },
  {
    id: 'issuer',
    header: en.certificates.issuer,
    width: '21%',
    value: (row) => nameOf(row.issuer),
    choice: (row) => nameOf(row.issuer),
  },
  {
    id: 'expires',
    header: en.certificates.expires,
    width: '136px',
    value: (row) => row.notAfter,
    text: (row) => new Date(row.notAfter).toISOString(),
    choice: expiryChoice,
    exported: (row) => new Date(row.notAfter).toISOString(),
    cell: (row) => <Expiry row={row} />,
  },
  {
    id: 'key',
    header: en.certificates.key,
    width: '96px',
    wideOnly: true,
    value: (row) => keyTypeText(row.keyType),
    choice: (row) => keyTypeText(row.keyType),
  },
  {
    id: 'used',
    header: en.certificates.usedBy,
    width: '20%',
    value: (row) => row.usedBy.length,
    text: (row) => row.usedBy.map((node) => node.name).join(' '),
    choice: (row) => (row.usedBy.length > 0 ? en.certificates.used : en.certificates.unused),
    exported: (row) => row.usedBy.map((node) => node.name),
    cell: (row) => <UsedBy row={row} />,
  },
  {
    id: 'begins',
    header: en.certificates.begins,
    width: '130px',
    hidden: true,
    time: true,
    value: (row) => row.notBefore,
  },
  { id: 'serial', header: en.certificates.serial, width: '20%', hidden: true, value: (row) => row.serial },
  {
    id: 'fingerprint',
    header: en.certificates.fingerprint,
    width: '24%',
    hidden: true,
    value: (row) => row.fingerprint,
  },
];

const day = 24 * 60 * 60_000;

/** Roughly when, for who filters and groups. */
function expiryChoice({ notAfter, revoked }: CertificateRow): string {
  const left = notAfter - now();
  if (revoked !== null) return en.certificates.revoked;
  if (left < 0) return en.certificates.expiry.expired;
  if (left < 7 * day) return en.certificates.expiry.week;
  return left < 30 * day ? en.certificates.expiry.month : en.certificates.expiry.later;
}

export function keyTypeText(keyType: string): string {
  return (en.keyTypes as Record<string, string>)[keyType] ?? keyType;
}

function Expiry({ row }: { row: CertificateRow }) {
  const level = expiryLevel(row, useNow());
  return (
    <Level shade={row.revoked === null ? level : 'danger'}>
      {row.revoked === null ? <Time at={row.notAfter} /> : en.certificates.revoked}
    </Level>
  );
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
