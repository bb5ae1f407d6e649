import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { en } from '../../text/en.ts';
import { NotificationList } from './notification-list.tsx';

const latest = 20;

/** Opens from the bell. */
export function NotificationsPanel({ onClose }: { onClose(): void }) {
  const { client, queries } = useBridge();
  const query = useQuery(queries.notifications.list.queryOptions({ input: { limit: latest } }));
  const readAll = useCommand(() => client.notifications.markRead({}));
  const all = (): void => {
    go('notifications');
    onClose();
  };
  return (
    <SidePanel
      title={en.notifications.title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={all}>{en.notifications.all}</Button>
          <Button appearance="subtle" disabled={readAll.busy} onClick={() => void readAll.run(undefined)}>
            {en.notifications.readAll}
          </Button>
        </>
      }
    >
      <FailureBar failure={readAll.failure} />
      <Answer query={query}>{(list) => <NotificationList notifications={list} onOpen={onClose} />}</Answer>
    </SidePanel>
  );
}
