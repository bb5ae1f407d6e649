import type { StoreUser } from '#shared/model/credential-store.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Mono } from '../../parts/hash.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { en } from '../../text/en.ts';

/** The endpoints that log in with a credential store. */
export function UsersTable({ users }: { users: readonly StoreUser[] }) {
  return (
    <DataTable
      label={en.credentialStores.used}
      rows={users}
      columns={columns}
      rowKey={(row) => row.id}
      place={(row) => ['endpoints', row.id]}
      order={{ column: 'name' }}
      searchable={users.length > 5}
      empty={<Empty title={en.credentialStores.usedNone}>{en.credentialStores.usedNoneHint}</Empty>}
    />
  );
}

const columns: Column<StoreUser>[] = [
  { id: 'name', header: en.credentialStores.endpoint, width: '40%', value: (row) => row.name },
  {
    id: 'credential',
    header: en.credentialStores.credential,
    value: (row) => row.credentialId,
    cell: (row) => <Mono>{row.credentialId}</Mono>,
  },
];

/** The same in one sentence of links, as far as it can be read. */
export function UserLinks({ users, most = 12 }: { users: readonly StoreUser[]; most?: number }) {
  if (users.length === 0) return <>{en.credentials.nobody}</>;
  return (
    <>
      {users.slice(0, most).map((user, index) => (
        <span key={user.id}>
          {index > 0 && ', '}
          <InnerLink place={['endpoints', user.id]}>{user.name}</InnerLink>
        </span>
      ))}
      {users.length > most && ` … (${users.length})`}
    </>
  );
}
