import { makeStyles, tokens } from '@fluentui/react-components';
import { Fragment } from 'react';
import { en } from '../text/en.ts';
import type { CommandLine } from './command-line.ts';
import { CopyButton } from './copy-button.tsx';

const useStyles = makeStyles({
  box: {
    backgroundColor: tokens.colorNeutralBackground3,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    borderRadius: tokens.borderRadiusMedium,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
  },
  code: {
    display: 'block',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
  word: { display: 'inline-block', maxWidth: '100%' },
  asks: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** Same on the command line, or what only it does. Secrets are not in it: the program asks. */
export function CommandBox({ line, title = en.command.same }: { line: CommandLine; title?: string }) {
  const styles = useStyles();
  return (
    <div className={styles.box}>
      <div className={styles.head}>
        <span>{title}</span>
        <CopyButton text={line.text} what={en.command.what} />
      </div>
      <code className={styles.code}>
        <Words text={line.text} />
      </code>
      {line.asks.length > 0 && <div className={styles.asks}>{en.command.asks(line.asks)}</div>}
    </div>
  );
}

/** Flags break between words, not at their hyphens. */
function Words({ text }: { text: string }) {
  const styles = useStyles();
  return text.split(' ').map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: words of one text have no other identity and never move
    <Fragment key={index}>
      {index > 0 && ' '}
      <span className={styles.word}>{word}</span>
    </Fragment>
  ));
}
