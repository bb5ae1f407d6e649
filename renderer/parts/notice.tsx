import {
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  mergeClasses,
} from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  bar: { flexShrink: 0 },
  body: { whiteSpace: 'normal', overflowWrap: 'anywhere' },
  /** A bar of several lines keeps space above and below itself: more of it would put the sentence below its icon. */
  flat: { paddingTop: '6px', paddingBottom: '6px' },
});

interface NoticeProps {
  intent: 'info' | 'success' | 'warning' | 'error';
  title?: string;
  actions?: ReactNode;
  /** From edge to edge, above a screen. */
  square?: boolean;
  /** Read out at once by screen readers. */
  urgent?: boolean;
  children?: ReactNode;
}

/** A statement above or among the facts, as tall as it needs to be. */
export function Notice({ intent, title, actions, square = false, urgent = false, children }: NoticeProps) {
  const styles = useStyles();
  const tall = actions === undefined;
  return (
    <MessageBar
      className={styles.bar}
      intent={intent}
      layout={tall ? 'multiline' : 'singleline'}
      shape={square ? 'square' : 'rounded'}
      politeness={urgent ? 'assertive' : 'polite'}
    >
      <MessageBarBody className={mergeClasses(styles.body, !tall && styles.flat)}>
        {title !== undefined && <MessageBarTitle>{title}</MessageBarTitle>} {children}
      </MessageBarBody>
      {actions !== undefined && <MessageBarActions>{actions}</MessageBarActions>}
    </MessageBar>
  );
}
