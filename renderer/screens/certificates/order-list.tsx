import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { firstOf } from '#shared/model/first-of.ts';
import type { Order } from '#shared/model/order.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Older } from '../../parts/data-table/older.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { CertificatesLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { orderShade } from '../../parts/shades.ts';
import { Soft } from '../../parts/soft.tsx';
import { en } from '../../text/en.ts';

/** The newest so many first; who wants more asks for as many again. */
const batch = 1000;

export function OrderList() {
  const { queries } = useBridge();
  const query = useInfiniteQuery(
    queries.orders.list.infiniteOptions({
      input: (older: number | null) => ({ limit: batch, ...(older === null ? {} : { older_than: older }) }),
      initialPageParam: null as number | null,
      getNextPageParam: (last: Order[]) => (last.length < batch ? undefined : last.at(-1)?.number),
    }),
  );
  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  return (
    <>
      <Answer query={query}>
        {() => (
          <DataTable
            label={en.orders.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['tasks', row.taskId]}
            order={{ column: 'number', descending: true }}
            list={{
              name: 'orders',
              refresh: () => query.refetch(),
              command: () => commandLine('orders list', '', { limit: batch }),
            }}
            empty={
              <Empty icon={<CertificatesLargeIcon />} title={en.orders.none}>
                {en.orders.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      <Older query={query} rows={rows.length} />
    </>
  );
}

const columns: Column<Order>[] = [
  { id: 'number', header: en.orders.number, width: '90px', value: (row) => row.number },
  {
    id: 'names',
    header: en.certificates.names,
    value: (row) => row.names[0] ?? '',
    text: (row) => row.names.join(' '),
    exported: (row) => row.names,
    cell: (row) => <Soft text={firstOf(row.names, 2)} />,
  },
  {
    id: 'authority',
    header: en.orders.authority,
    width: '18%',
    value: (row) => row.authorityName,
    choice: (row) => row.authorityName,
  },
  {
    id: 'key',
    header: en.certificates.key,
    width: '96px',
    wideOnly: true,
    value: (row) => en.keyTypes[row.keyType],
    choice: (row) => en.keyTypes[row.keyType],
  },
  {
    id: 'state',
    header: en.orders.state,
    width: '27%',
    value: (row) => en.orders.states[row.state],
    choice: (row) => en.orders.states[row.state],
    cell: (row) => <OrderState order={row} />,
  },
  {
    id: 'created',
    header: en.orders.placed,
    width: '130px',
    value: (row) => row.createdAt,
    time: true,
  },
];

function OrderState({ order }: { order: Order }) {
  const styles = useCellStyles();
  return (
    <>
      <Level shade={orderShade[order.state]}>{en.orders.states[order.state]}</Level>
      {order.refusedBecause !== null && (
        <span className={styles.second}>{order.refusedBecause.sentence}</span>
      )}
    </>
  );
}
