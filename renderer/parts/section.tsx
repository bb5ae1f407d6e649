import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useId } from 'react';

const useStyles = makeStyles({
  box: {
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL} ${tokens.spacingVerticalL}`,
    minWidth: 0,
    flexShrink: 0,
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    marginBottom: tokens.spacingVerticalS,
    minHeight: '32px',
  },
  icon: { color: tokens.colorNeutralForeground3, display: 'inline-flex' },
  title: {
    margin: 0,
    flexGrow: 1,
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    fontWeight: tokens.fontWeightSemibold,
  },
  note: {
    color: tokens.colorNeutralForeground3,
    fontWeight: tokens.fontWeightRegular,
    marginLeft: tokens.spacingHorizontalS,
    fontSize: tokens.fontSizeBase300,
  },
});

/** A titled box of a page. */
export function Section(props: {
  title: string;
  note?: string;
  icon?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const styles = useStyles();
  const id = useId();
  return (
    <section className={styles.box} aria-labelledby={id}>
      <div className={styles.head}>
        {props.icon !== undefined && (
          <span className={styles.icon} aria-hidden="true">
            {props.icon}
          </span>
        )}
        <h2 className={styles.title} id={id}>
          {props.title}
          {props.note !== undefined && <span className={styles.note}>{props.note}</span>}
        </h2>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}
