import { CounterBadge, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../bridge/context.tsx';
import { link } from '../bridge/location.ts';
import { smallWindow } from '../parts/data-table/table-styles.ts';
import { MarkIcon } from '../parts/icons.ts';
import { en } from '../text/en.ts';
import { navigation } from './places.ts';

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
  },
  here: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    fontWeight: tokens.fontWeightSemibold,
    '::before': {
      content: '""',
      position: 'absolute',
      left: 0,
      top: '9px',
      bottom: '9px',
      width: '3px',
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorCompoundBrandForeground1,
    },
  },
  icon: { display: 'inline-flex', flexShrink: 0, padding: '0 2px' },
  hereIcon: { color: tokens.colorCompoundBrandForeground1 },
  words: { flexGrow: 1, [smallWindow]: { display: 'none' } },
  badge: { [smallWindow]: { position: 'absolute', top: '2px', right: '0px' } },
});

export function SideNav({ here }: { here: string }) {
  const styles = useStyles();
  const { queries } = useBridge();
  const overview = useQuery(queries.agent.overview.queryOptions({ input: {} }));
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
      {navigation.map(({ place, label, Icon, Here }) => {
        const count = counts[place] ?? 0;
        const isHere = place === here;
        return (
          <a
            key={place}
            href={link(place)}
            title={label}
            className={mergeClasses(styles.item, isHere && styles.here)}
            aria-label={count > 0 ? en.nav.withCount(label, count) : label}
            {...(isHere ? { 'aria-current': 'page' as const } : {})}
          >
            <span className={mergeClasses(styles.icon, isHere && styles.hereIcon)} aria-hidden="true">
              {isHere ? <Here /> : <Icon />}
            </span>
            <span className={styles.words}>{label}</span>
            {count > 0 && (
              <CounterBadge
                className={styles.badge}
                count={count}
                size="small"
                appearance="filled"
                color={place === 'approvals' ? 'danger' : 'informative'}
                aria-hidden="true"
              />
            )}
          </a>
        );
      })}
    </nav>
  );
}
