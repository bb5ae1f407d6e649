import { makeStyles, tokens } from '@fluentui/react-components';
import type { Overview } from '#shared/model/overview.ts';
import { link } from '../../bridge/location.ts';
import { LevelSign, type Shade } from '../../parts/level.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  grid: { display: 'grid', gridTemplateColumns: 'repeat(4, minmax(0, 1fr))', gap: tokens.spacingHorizontalL },
  tile: {
    display: 'flex', // numbers stand in one line, however long the words above them are
    flexDirection: 'column',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    ':hover': {
      border: `1px solid ${tokens.colorNeutralStroke1Hover}`,
      backgroundColor: tokens.colorNeutralBackground1Hover,
    },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  head: {
    display: 'flex',
    flexGrow: 1,
    gap: tokens.spacingHorizontalXS,
    justifyContent: 'space-between',
    color: tokens.colorNeutralForeground3,
  },
  number: {
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    fontWeight: tokens.fontWeightSemibold,
  },
  note: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
});

interface Tile {
  place: string;
  title: string;
  number: number;
  note: string;
  shade: Shade | null;
}

function tilesOf({ certificates, tasks, approvalsPending, endpoints, nodes }: Overview): Tile[] {
  const soon = certificates.within7Days + certificates.expired;
  return [
    {
      place: 'certificates',
      title: en.overview.expiring,
      number: certificates.expired + certificates.within30Days,
      note: en.overview.expiringNote(certificates.within7Days, certificates.expired),
      shade: soon > 0 ? 'danger' : certificates.within30Days > 0 ? 'attention' : 'ok',
    },
    {
      place: 'approvals',
      title: en.overview.approvals,
      number: approvalsPending,
      note: approvalsPending > 0 ? en.overview.approvalsNote : en.overview.noApprovals,
      shade: approvalsPending > 0 ? 'attention' : 'ok',
    },
    {
      place: 'tasks',
      title: en.overview.tasks,
      number: tasks.live,
      note: en.overview.tasksNote(tasks.waiting, tasks.failedLastDay),
      shade: tasks.failedLastDay > 0 ? 'danger' : null,
    },
    {
      place: 'endpoints',
      title: en.overview.endpoints,
      number: endpoints,
      note: en.overview.endpointsNote(nodes.total),
      shade: null,
    },
  ];
}

export function Tiles({ overview }: { overview: Overview }) {
  const styles = useStyles();
  return (
    <div className={styles.grid}>
      {tilesOf(overview).map((tile) => (
        <a key={tile.place} className={styles.tile} href={link(tile.place)}>
          <span className={styles.head}>
            {tile.title}
            {tile.shade !== null && <LevelSign shade={tile.shade} />}
          </span>
          <div className={styles.number}>{tile.number}</div>
          <div className={styles.note}>{tile.note}</div>
        </a>
      ))}
    </div>
  );
}
