import { CounterBadge, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../bridge/context.tsx';
import { link } from '../bridge/location.ts';
import { smallWindow } from '../parts/data-table/table-styles.ts';
import { forcedColours } from '../parts/forced-colours.ts';
import { MarkIcon } from '../parts/icons.ts';
import { en } from '../text/en.ts';
import { navigation } from './places.ts';

const unseen = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'pre',
} as const;

const useStyles = makeStyles({
  nav: {
    display: 'flex',
    flexDirection: 'column',
    gap: '2px',
    width: '216px',
    flexShrink: 0,
    boxSizing: 'border-box',
    padding: tokens.spacingHorizontalS,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowY: 'auto',
    [smallWindow]: { width: '56px' },
  },
  brand: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    height: '40px',
    padding: `0 ${tokens.spacingHorizontalS}`,
    marginBottom: tokens.spacingVerticalS,
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
  },
  mark: { color: tokens.colorBrandForeground1, display: 'inline-flex', flexShrink: 0, fontSize: '24px' },
  item: {
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    minHeight: '38px',
    padding: `0 ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    [forcedColours]: { border: '1px solid Canvas' },
  },
  here: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    fontWeight: tokens.fontWeightSemibold,
    [forcedColours]: { border: '1px solid Highlight' },
    '::before': {
      content: '""',
      position: 'absolute',
      left: 0,
      top: '9px',
      bottom: '9px',
      width: '3px',
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorCompoundBrandForeground1,
      [forcedColours]: { forcedColorAdjust: 'none', backgroundColor: 'Highlight' },
    },
  },
  icon: { display: 'inline-flex', flexShrink: 0, padding: '0 2px' },
  hereIcon: { color: tokens.colorCompoundBrandForeground1 },
  // not for the eyes, or not in a small window: still the name of the link
  words: { flexGrow: 1, [smallWindow]: unseen },
  // whose agent it is, where it is not this desktop's own
  whose: {
    margin: `0 0 ${tokens.spacingVerticalS}`,
    padding: `0 ${tokens.spacingHorizontalS}`,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    [smallWindow]: unseen,
  },
  unseen,
  badge: { [smallWindow]: { position: 'absolute', top: '2px', right: '0px' } },
});

/** A count is read as what it counts. */
function countedAs(place: string): string {
  return place === 'tasks' || place === 'approvals' ? en.nav.counted[place] : '';
}

export function SideNav({ here }: { here: string }) {
  const styles = useStyles();
  const { queries } = useBridge();
  const overview = useQuery(queries.agent.overview.queryOptions({ input: {} }));
  const status = useQuery(queries.agent.status.queryOptions({ input: {} }));
  const counts: Record<string, number> = {
    approvals: overview.data?.approvalsPending ?? 0,
    tasks: overview.data?.tasks.live ?? 0,
  };
  return (
    <nav className={styles.nav} aria-label={en.nav.label}>
      <div className={styles.brand}>
        <span className={styles.mark} aria-hidden="true">
          <MarkIcon />
        </span>
        <span className={styles.words}>{en.product}</span>
      </div>
      {status.data?.face === 'headless' && (
        <p className={styles.whose} title={status.data.dataDirectory}>
          {en.nav.ofService}
        </p>
      )}
      {navigation.map(({ place, label, Icon, Here }) => {
        const count = counts[place] ?? 0;
        const isHere = place === here;
        return (
          <a
            key={place}
            href={link(place)}
            title={label}
            className={mergeClasses(styles.item, isHere && styles.here)}
            {...(isHere ? { 'aria-current': 'page' as const } : {})}
          >
            <span className={mergeClasses(styles.icon, isHere && styles.hereIcon)} aria-hidden="true">
              {isHere ? <Here /> : <Icon />}
            </span>
            <span className={styles.words}>{label}</span>
            {count > 0 && (
              <>
                <CounterBadge
                  className={styles.badge}
                  count={count}
                  size="small"
                  appearance="filled"
                  color={place === 'approvals' ? 'danger' : 'informative'}
                />
                <span className={styles.unseen}>{countedAs(place)}</span>
              </>
            )}
          </a>
        );
      })}
    </nav>
  );
}
