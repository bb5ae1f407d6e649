import { makeStyles, tokens } from '@fluentui/react-components';
import type { StoredCheck } from '#shared/model/probe-check.ts';
import { en } from '../text/en.ts';
import { checkName } from './check-name.ts';
import { LevelSign } from './level.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalSNudge },
  item: {
    display: 'grid',
    gridTemplateColumns: '16px minmax(90px, 140px) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalS,
  },
  sign: { paddingTop: '2px' },
  name: { fontWeight: tokens.fontWeightSemibold },
  sentence: { overflowWrap: 'anywhere' },
});

/** What a probe or a test found, every "no" with its reason. */
export function Checks({ checks }: { checks: readonly StoredCheck[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {checks.map((check, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step may come twice, and none ever moves
        <li key={index} className={styles.item}>
          <span className={styles.sign} role="img" aria-label={check.ok ? en.checks.ok : en.checks.notOk}>
            <LevelSign shade={check.ok ? 'ok' : 'danger'} />
          </span>
          <span className={styles.name}>{checkName(check.name)}</span>
          <span className={styles.sentence}>{check.sentence}</span>
        </li>
      ))}
    </ul>
  );
}
