import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { CertificatesLargeIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import type { ScreenProps } from '../screen.ts';
import { useCertificateActions } from './certificate-actions.tsx';
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
  const query = useQuery(queries.certificates.list.queryOptions({ input: {} }));
  const actions = useCertificateActions();
  return (
    <Answer query={query}>
      {(rows) => (
        <DataTable
          label={en.certificates.title}
          rows={rows}
          columns={certificateColumns}
          rowKey={(row) => row.fingerprint}
          place={(row) => ['certificates', row.fingerprint]}
          order={{ column: 'expires' }}
          list={{
            name: 'certificates',
            refresh: () => query.refetch(),
            command: () => commandLine('certificates list', '', {}),
            actions,
          }}
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
