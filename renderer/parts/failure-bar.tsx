import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { FailureData } from '#shared/failure.ts';
import { en } from '../text/en.ts';

const useStyles = makeStyles({
  body: {
    whiteSpace: 'normal',
    overflowWrap: 'anywhere',
  },
  hint: { display: 'block', color: tokens.colorNeutralForeground2 },
  peer: {
    margin: 0,
    marginTop: tokens.spacingVerticalXS,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'pre-wrap',
    maxHeight: '160px',
    overflowY: 'auto',
  },
  bar: { flexShrink: 0 },
});

/** A failure as a person needs it: what happened, what to do, what the other side said. */
export function FailureBar({ failure, onAgain }: { failure: FailureData | null; onAgain?: () => void }) {
  const styles = useStyles();
  if (failure === null) return null;
  const hint = (en.hints as Record<string, string>)[failure.code] ?? failure.hint;
  return (
    <MessageBar
      intent="error"
      layout="multiline"
      className={styles.bar}
      politeness="assertive"
      data-failure={failure.code}
    >
      <MessageBarBody className={styles.body}>
        <MessageBarTitle>{failure.sentence}</MessageBarTitle>
        {hint !== undefined && <span className={styles.hint}>{hint}</span>}
        {failure.peerSaid !== undefined && (
          <details>
            <summary>{en.failure.peerSaid}</summary>
            <pre className={styles.peer}>{failure.peerSaid}</pre>
          </details>
        )}
      </MessageBarBody>
      {onAgain !== undefined && (
        <MessageBarActions>
          <Button size="small" onClick={onAgain}>
            {en.failure.again}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
