import {
  Link,
  Toast,
  ToastBody,
  Toaster,
  ToastTitle,
  useId,
  useToastController,
} from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import { useAgentEvent } from '../bridge/context.tsx';
import { go, usePlace } from '../bridge/location.ts';
import { placeOfNotification } from '../screens/notifications/place.ts';
import { en } from '../text/en.ts';

const intents = { info: 'info', success: 'success', attention: 'warning', danger: 'error' } as const;

/** What the agent has to say while the window is open, unless the person is looking at just that. */
export function Toasts() {
  const id = useId('toaster');
  const { dispatchToast, dismissToast } = useToastController(id);
  const here = usePlace();
  const at = useRef(here);
  at.current = here;
  const live = useRef(new Map<string, string[]>());
  const dismissAbout = (ids: readonly string[]): void => {
    for (const [toastId, about] of live.current) {
      if (!about.some((one) => ids.includes(one))) continue;
      live.current.delete(toastId);
      dismissToast(toastId);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another place makes toasts superfluous
  useEffect(() => dismissAbout(here), [here.join('/')]);
  useAgentEvent((event) => {
    if (event.type !== 'notification') return;
    const { notification } = event;
    const about = [notification.taskId, notification.approvalId].filter((one) => one !== null);
    dismissAbout(about); // the newest word about a task is enough
    if (about.some((one) => at.current.includes(one))) return;
    live.current.set(notification.id, about);
    const place = placeOfNotification(notification);
    const open = (): void => {
      live.current.delete(notification.id);
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
  return <Toaster toasterId={id} limit={2} />;
}
