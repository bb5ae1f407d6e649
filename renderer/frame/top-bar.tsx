import { CounterBadge, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../bridge/context.tsx';
import { smallWindow } from '../parts/data-table/table-styles.ts';
import { BellIcon } from '../parts/icons.ts';
import { Level } from '../parts/level.tsx';
import { OpenButton } from '../parts/open-button.tsx';
import { en } from '../text/en.ts';
import { PaletteButton } from './palette/palette-button.tsx';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    height: '44px',
    flexShrink: 0,
    padding: `0 ${tokens.spacingHorizontalL} 0 ${tokens.spacingHorizontalXXL}`,
    [smallWindow]: { padding: `0 ${tokens.spacingHorizontalL}` },
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  sentence: { flexGrow: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  bell: { position: 'relative' },
  badge: { position: 'absolute', top: '0', right: '0', pointerEvents: 'none' },
});

/** How things are, in one line, and the bell. */
export function TopBar({ onBell, open }: { onBell(): void; open: boolean }) {
  const styles = useStyles();
  const { queries } = useBridge();
  const { data } = useQuery(queries.agent.overview.queryOptions({ input: {} }));
  const unread = data?.unreadNotifications ?? 0;
  return (
    <div className={styles.bar}>
      <span className={styles.sentence} role="status">
        {data !== undefined && <Level shade={data.level}>{data.sentence}</Level>}
      </span>
      <PaletteButton />
      <span className={styles.bell}>
        <Tooltip content={en.notifications.bell(unread)} relationship="label">
          <OpenButton
            appearance="subtle"
            icon={<BellIcon />}
            onClick={onBell}
            aria-expanded={open}
            data-bell
          />
        </Tooltip>
        {unread > 0 && (
          <CounterBadge
            className={styles.badge}
            count={unread}
            size="small"
            color="danger"
            aria-hidden="true"
          />
        )}
      </span>
    </div>
  );
}
