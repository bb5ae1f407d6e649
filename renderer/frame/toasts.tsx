import {
  Link,
  Toast,
  ToastBody,
  Toaster,
  ToastTitle,
  useId,
  useToastController,
} from '@fluentui/react-components';
import { useAgentEvent } from '../bridge/context.tsx';
import { go } from '../bridge/location.ts';
import { placeOfNotification } from '../screens/notifications/place.ts';
import { en } from '../text/en.ts';

const intents = { info: 'info', success: 'success', attention: 'warning', danger: 'error' } as const;

/** What the agent has to say while the window is open. */
export function Toasts() {
  const id = useId('toaster');
  const { dispatchToast, dismissToast } = useToastController(id);
  useAgentEvent((event) => {
    if (event.type !== 'notification') return;
    const { notification } = event;
    const place = placeOfNotification(notification);
    const open = (): void => {
      dismissToast(notification.id);
      if (place !== null) go(...place);
    };
    dispatchToast(
      <Toast>
        <ToastTitle action={place === null ? null : <Link onClick={open}>{en.notifications.open}</Link>}>
          {notification.title}
        </ToastTitle>
        <ToastBody>{notification.sentence}</ToastBody>
      </Toast>,
      // on the left, where no screen has its buttons
      { toastId: notification.id, intent: intents[notification.level], position: 'bottom-start' },
    );
  });
  return <Toaster toasterId={id} limit={3} />;
}
