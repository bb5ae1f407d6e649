import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { Pager } from '../../parts/data-table/pager.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import { NotificationList } from './notification-list.tsx';

const perPage = 100;

export function NotificationsScreen() {
  const { client, queries } = useBridge();
  const [page, setPage] = useState(0);
  const query = useQuery(queries.notifications.list.queryOptions({ input: { limit: 1000 } }));
  const readAll = useCommand(() => client.notifications.markRead({}));
  const unread = query.data?.filter((one) => one.readAt === null).length ?? 0;
  return (
    <Page
      title={en.notifications.title}
      subtitle={en.notifications.unread(unread)}
      actions={
        <Button disabled={readAll.busy || unread === 0} onClick={() => void readAll.run(undefined)}>
          {en.notifications.readAll}
        </Button>
      }
    >
      <FailureBar failure={readAll.failure} />
      <Answer query={query}>
        {(list) => (
          <>
            <NotificationList notifications={list.slice(page * perPage, (page + 1) * perPage)} />
            {list.length > perPage && (
              <Pager page={page} pages={Math.ceil(list.length / perPage)} onPage={setPage} />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}
