import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useNow } from '../../bridge/time.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { CertificatesLargeIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import type { ScreenProps } from '../screen.ts';
import { certificateColumns } from './certificate-columns.tsx';
import { CertificatePanel } from './certificate-panel.tsx';
import { OrderList } from './order-list.tsx';

const ordersPlace = 'orders';

export function CertificatesScreen({ rest }: ScreenProps) {
  const orders = rest[0] === ordersPlace;
  return (
    <Page title={en.certificates.title} subtitle={en.certificates.subtitle}>
      <Tabs
        tabs={[
          ['certificates', en.certificates.title],
          ['orders', en.orders.title],
        ]}
        here={orders ? 'orders' : 'certificates'}
        onChoose={(id) => (id === 'orders' ? go('certificates', ordersPlace) : go('certificates'))}
      />
      {orders ? <OrderList /> : <CertificateList />}
      {!orders && rest[0] !== undefined && (
        <CertificatePanel key={rest[0]} name={rest[0]} onClose={() => go('certificates')} />
      )}
    </Page>
  );
}

function CertificateList() {
  const { queries } = useBridge();
  const now = useNow();
  const query = useQuery(queries.certificates.list.queryOptions({ input: {} }));
  const columns = useMemo(() => certificateColumns(now), [now]);
  return (
    <Answer query={query}>
      {(rows) => (
        <DataTable
          label={en.certificates.title}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.fingerprint}
          place={(row) => ['certificates', row.fingerprint]}
          order={{ column: 'expires' }}
          empty={
            <Empty
              icon={<CertificatesLargeIcon />}
              title={en.certificates.none}
              actions={<InnerLink place={['endpoints']}>{en.certificates.toEndpoints}</InnerLink>}
            >
              {en.certificates.noneHint}
            </Empty>
          }
        />
      )}
    </Answer>
  );
}
