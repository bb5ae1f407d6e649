import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import type { ScreenProps } from '../screen.ts';
import { NotificationFeed } from './feed.tsx';

const batch = 50;

/** `#/notifications`, and `#/notifications/action-required` for what asks for a person. */
export function NotificationsScreen({ rest }: ScreenProps) {
  const { client, queries } = useBridge();
  const overview = useQuery(queries.agent.overview.queryOptions({ input: {} }));
  const readAll = useCommand(() => client.notifications.markRead({}));
  const unread = overview.data?.unreadNotifications ?? 0;
  const filter = rest[0] === 'action-required' ? 'action-required' : 'everything';
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
      <NotificationFeed key={filter} batch={batch} filter={filter} />
    </Page>
  );
}
