import { Button, makeStyles, mergeClasses, Tooltip, tokens } from '@fluentui/react-components';
import type { Notification } from '#shared/model/notification.ts';
import { useBridge } from '../../bridge/context.tsx';
import { link } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Empty } from '../../parts/empty.tsx';
import { BellLargeIcon, TickIcon } from '../../parts/icons.ts';
import { LevelSign } from '../../parts/level.tsx';
import { LongText } from '../../parts/long-text.tsx';
import { noticeShade } from '../../parts/shades.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { placeOfNotification } from './place.ts';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
  item: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '16px minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  unread: { borderLeft: `3px solid ${tokens.colorCompoundBrandStroke}` },
  sign: { paddingTop: '3px' },
  head: { display: 'flex', gap: tokens.spacingHorizontalS, alignItems: 'baseline' },
  title: { flexGrow: 1, color: 'inherit', textDecorationLine: 'none', overflowWrap: 'anywhere' },
  bold: { fontWeight: tokens.fontWeightSemibold },
  leads: {
    '::after': { content: '""', position: 'absolute', inset: 0 },
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outlineStyle: 'none' },
    ':focus-visible::after': {
      outline: `2px solid ${tokens.colorStrokeFocus2}`,
      borderRadius: tokens.borderRadiusMedium,
    },
  },
  time: {
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'nowrap',
    position: 'relative',
    zIndex: 1,
  },
  // above the item, which is a link itself
  read: { position: 'relative', zIndex: 1, flexShrink: 0, minWidth: '24px', height: '24px' },
  sentence: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

interface ItemProps {
  notification: Notification;
  onRead(): void;
  onOpen: (() => void) | undefined;
}

function Item({ notification: one, onRead, onOpen }: ItemProps) {
  const styles = useStyles();
  const place = placeOfNotification(one);
  const unread = one.readAt === null;
  const title = mergeClasses(styles.title, unread && styles.bold);
  const open = (): void => {
    if (unread) onRead();
    onOpen?.();
  };
  return (
    <li className={mergeClasses(styles.item, unread && styles.unread)} data-notification={one.kind}>
      <span className={styles.sign}>
        <LevelSign shade={noticeShade[one.level]} />
      </span>
      <div>
        <div className={styles.head}>
          {place === null ? (
            <span className={title}>{one.title}</span>
          ) : (
            <a className={mergeClasses(title, styles.leads)} href={link(...place)} onClick={open}>
              {one.title}
            </a>
          )}
          <span className={styles.time}>
            <Time at={one.at} />
          </span>
          {unread && (
            <Tooltip content={en.notifications.read(one.title)} relationship="label">
              <Button
                className={styles.read}
                appearance="subtle"
                size="small"
                icon={<TickIcon />}
                onClick={onRead}
              />
            </Tooltip>
          )}
        </div>
        <div className={styles.sentence}>
          <LongText text={one.sentence} />
        </div>
      </div>
    </li>
  );
}

interface ListProps {
  notifications: readonly Notification[];
  /** A place is opened: a panel is in its way. */
  onOpen: (() => void) | undefined;
}

export function NotificationList({ notifications, onOpen }: ListProps) {
  const styles = useStyles();
  const { client } = useBridge();
  const read = useCommand(client.notifications.markRead);
  if (notifications.length === 0)
    return (
      <Empty icon={<BellLargeIcon />} title={en.notifications.none}>
        {en.notifications.noneHint}
      </Empty>
    );
  return (
    <ul className={styles.list}>
      {notifications.map((one) => (
        <Item
          key={one.id}
          notification={one}
          onRead={() => void read.run({ notification: one.id })}
          onOpen={onOpen}
        />
      ))}
    </ul>
  );
}
