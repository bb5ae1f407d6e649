import { makeStyles, tokens } from '@fluentui/react-components';
import type { Overview } from '#shared/model/overview.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level, LevelSign } from '../../parts/level.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { RequestHere } from './request-here.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    display: 'grid',
    gridTemplateColumns: '16px minmax(0, 1fr) auto auto',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalSNudge} 0`,
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  sign: { paddingTop: '3px' },
  sentence: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
  time: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, paddingTop: '2px' },
});

/** The nodes to look at first, worst first. */
export function Worst({ overview }: { overview: Overview }) {
  const styles = useStyles();
  return (
    <Section title={en.overview.worst}>
      {overview.worst.length === 0 && <Level shade="ok">{en.overview.nothingWorse}</Level>}
      <ol className={styles.list}>
        {overview.worst.map((node) => (
          <li key={node.nodeId} className={styles.item}>
            <span className={styles.sign} role="img" aria-label={en.levels[node.level]}>
              <LevelSign shade={node.level} />
            </span>
            <div>
              <InnerLink place={['endpoints', node.endpointId, node.nodeId]}>{node.name}</InnerLink>
              <div className={styles.sentence}>{node.sentence}</div>
            </div>
            <span className={styles.time}>
              {node.notAfter !== null && (
                <>
                  {en.overview.expires} <Time at={node.notAfter} />
                </>
              )}
            </span>
            {node.requestable && <RequestHere node={node} />}
          </li>
        ))}
      </ol>
    </Section>
  );
}
