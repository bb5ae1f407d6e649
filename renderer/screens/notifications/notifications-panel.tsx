import { Button } from '@fluentui/react-components';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { en } from '../../text/en.ts';
import { NotificationFeed } from './feed.tsx';

const batch = 20;

/** Opens from the bell. */
export function NotificationsPanel({ onClose }: { onClose(): void }) {
  const { client } = useBridge();
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
      <NotificationFeed batch={batch} onOpen={onClose} />
    </SidePanel>
  );
}
