import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { AddIcon, ShieldLargeIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  box: { maxWidth: '620px', margin: '0 auto', padding: `${tokens.spacingVerticalXXL} 0` },
  icon: { fontSize: '48px', color: tokens.colorBrandForeground1, display: 'block' },
  title: {
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
    margin: `${tokens.spacingVerticalM} 0 ${tokens.spacingVerticalS}`,
  },
  list: {
    listStyle: 'none',
    padding: 0,
    display: 'grid',
    gap: tokens.spacingVerticalM,
    margin: `${tokens.spacingVerticalL} 0`,
  },
  item: {
    display: 'grid',
    gridTemplateColumns: '28px minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    alignItems: 'start',
  },
  number: {
    display: 'grid',
    placeItems: 'center',
    width: '28px',
    height: '28px',
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorBrandForeground2,
    fontWeight: tokens.fontWeightSemibold,
  },
  text: { color: tokens.colorNeutralForeground2 },
});

/** Nothing added yet: the whole way in four sentences, and the first button. */
export function FirstSteps({ onAdd }: { onAdd(): void }) {
  const styles = useStyles();
  return (
    <div className={styles.box}>
      <span className={styles.icon} aria-hidden="true">
        <ShieldLargeIcon />
      </span>
      <h2 className={styles.title}>{en.overview.start}</h2>
      <span className={styles.text}>{en.overview.startText}</span>
      <ol className={styles.list}>
        {en.overview.steps.map((step, index) => (
          <li key={step.title} className={styles.item}>
            <span className={styles.number} aria-hidden="true">
              {index + 1}
            </span>
            <div>
              <strong>{step.title}</strong>
              <div className={styles.text}>{step.text}</div>
            </div>
          </li>
        ))}
      </ol>
      <Button appearance="primary" size="large" icon={<AddIcon />} onClick={onAdd}>
        {en.overview.startButton}
      </Button>
    </div>
  );
}
