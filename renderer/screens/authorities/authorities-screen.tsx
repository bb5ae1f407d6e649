import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { AddIcon, AuthoritiesLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import type { ScreenProps } from '../screen.ts';
import { useAuthorityActions } from './authority-actions.tsx';
import { AuthorityForm } from './authority-form.tsx';
import { AuthorityPanel } from './authority-panel.tsx';
import { authorityPlace, validationText } from './authority-text.ts';

export function AuthoritiesScreen({ rest }: ScreenProps) {
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<Authority | null>(null);
  const query = useQuery(queries.authorities.list.queryOptions({ input: {} }));
  const actions = useAuthorityActions();
  const shown = query.data?.find((one) => one.id === rest[0]);
  const add = (
    <OpenButton appearance="primary" icon={<AddIcon />} onClick={() => setAdding(true)}>
      {en.authorities.add}
    </OpenButton>
  );
  return (
    <Page title={en.authorities.title} subtitle={en.authorities.subtitle} actions={add}>
      <Answer query={query}>
        {(rows) => (
          <DataTable
            label={en.authorities.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['authorities', row.id]}
            order={{ column: 'name' }}
            list={{
              name: 'authorities',
              refresh: () => query.refetch(),
              command: () => commandLine('authorities list', '', {}),
              actions,
            }}
            empty={
              <Empty icon={<AuthoritiesLargeIcon />} title={en.authorities.none} actions={add}>
                {en.authorities.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      {shown !== undefined && editing === null && (
        <AuthorityPanel
          key={shown.id}
          authority={shown}
          onEdit={() => setEditing(shown)}
          onClose={() => go('authorities')}
        />
      )}
      {adding && <AuthorityForm authority={null} onClose={() => setAdding(false)} />}
      {editing !== null && <AuthorityForm authority={editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

const columns: Column<Authority>[] = [
  { id: 'name', header: en.authorities.name, width: '22%', value: (row) => row.name },
  {
    id: 'kind',
    header: en.authorities.kind,
    width: '18%',
    value: (row) => authorityDefinition(row).short,
    choice: (row) => authorityDefinition(row).short,
  },
  {
    id: 'place',
    header: en.authorities.place,
    value: authorityPlace,
    cell: (row) => <Place authority={row} />,
  },
  {
    id: 'default',
    header: en.authorities.default,
    width: '120px',
    value: (row) => (row.isDefault ? 1 : 0),
    text: () => '',
    exported: (row) => row.isDefault,
    cell: (row) => (row.isDefault ? <Level shade="ok">{en.authorities.isDefault}</Level> : '–'),
  },
];

function Place({ authority }: { authority: Authority }) {
  const styles = useCellStyles();
  const validation = validationText(authority);
  return (
    <>
      {authorityPlace(authority)}
      {validation !== null && <span className={styles.second}>{validation}</span>}
    </>
  );
}
