import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Drawing } from '#shared/model/changes/change-kind.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  edit: { marginBottom: tokens.spacingVerticalM, ':last-child': { marginBottom: 0 } },
  place: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: 'anywhere',
  },
  box: {
    margin: `${tokens.spacingVerticalXS} 0 0`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
  },
  line: {
    display: 'grid',
    gridTemplateColumns: '20px minmax(0, 1fr)',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    padding: `1px ${tokens.spacingHorizontalS}`,
  },
  sentence: {
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  gone: { backgroundColor: tokens.colorStatusDangerBackground1 },
  added: { backgroundColor: tokens.colorStatusSuccessBackground1 },
});

/** What is taken out of one place of a file and what is put in. */
export function PlanLines({ drawing, sentence }: { drawing: Drawing & { as: 'lines' }; sentence: string }) {
  const styles = useStyles();
  return (
    <div className={styles.edit}>
      <div className={styles.place}>{drawing.place}</div>
      <div className={styles.box}>
        <Lines text={drawing.before} sign="−" className={styles.gone} label={en.plan.removed} />
        <Lines text={drawing.after} sign="+" className={styles.added} label={en.plan.added} />
      </div>
      <div className={styles.sentence}>{sentence}</div>
    </div>
  );
}

function Lines({
  text,
  sign,
  className,
  label,
}: {
  text: string;
  sign: string;
  className: string;
  label: string;
}) {
  const styles = useStyles();
  if (text === '') return null;
  const lines = text.replace(/\n$/, '').split('\n');
  const numbered = lines.map((line, index) => ({ line, key: `${index} ${line}` }));
  return (
    <>
      {numbered.map(({ line, key }) => (
        <div key={key} className={mergeClasses(styles.line, className)}>
          <span role="img" aria-label={label}>
            {sign}
          </span>
          <span>{line}</span>
        </div>
      ))}
    </>
  );
}
