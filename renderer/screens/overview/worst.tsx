import { makeStyles, tokens } from '@fluentui/react-components';
import type { Overview } from '#shared/model/overview.ts';
import { useNow } from '../../bridge/time.ts';
import { expiryWords } from '../../parts/expiry.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level, LevelSign } from '../../parts/level.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { RequestHere } from './request-here.tsx';
import { RestartHere } from './restart-here.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    display: 'grid',
    gridTemplateColumns: '16px minmax(0, 1fr) auto',
    alignItems: 'start',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalSNudge} 0`,
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  sign: { paddingTop: '3px' },
  sentence: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
  expiry: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** The nodes to look at first, worst first. */
export function Worst({ overview }: { overview: Overview }) {
  const styles = useStyles();
  const now = useNow();
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
              {node.notAfter !== null && (
                <div className={styles.expiry}>
                  {en.nodes.certificate} {expiryWords(node.notAfter, now)}
                </div>
              )}
            </div>
            {node.restartRequired ? (
              <RestartHere node={node} />
            ) : (
              node.requestable && <RequestHere node={node} />
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
