import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  box: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
    maxWidth: '480px',
    margin: '0 auto',
    color: tokens.colorNeutralForeground2,
  },
  icon: { fontSize: '44px', color: tokens.colorNeutralForeground4, display: 'inline-flex' },
  actions: { marginTop: tokens.spacingVerticalS, display: 'flex', gap: tokens.spacingHorizontalS },
});

/** Nothing here: why, and what to do next. */
export function Empty(props: { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }) {
  const styles = useStyles();
  return (
    <div className={styles.box}>
      {props.icon !== undefined && (
        <span className={styles.icon} aria-hidden="true">
          {props.icon}
        </span>
      )}
      <Text as="h2" size={400} weight="semibold">
        {props.title}
      </Text>
      {props.children !== undefined && <span>{props.children}</span>}
      {props.actions !== undefined && <div className={styles.actions}>{props.actions}</div>}
    </div>
  );
}
