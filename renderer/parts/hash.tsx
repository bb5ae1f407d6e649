import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { shortHash } from './format.ts';

const useStyles = makeStyles({
  hash: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  /** Its hyphens are not where a word ends: it fills the line. */
  digits: { wordBreak: 'break-all' },
  row: { display: 'inline-flex', alignItems: 'center', minWidth: 0 },
});

/** A hash short enough to compare by eye; whole on hover and by copying. */
export function Hash({
  value,
  what,
  whole = false,
  copy = true,
}: {
  value: string;
  what: string;
  whole?: boolean;
  copy?: boolean;
}) {
  const styles = useStyles();
  return (
    <span className={styles.row}>
      <span className={mergeClasses(styles.hash, styles.digits)} title={value}>
        {whole ? value : shortHash(value)}
      </span>
      {copy && <CopyButton text={value} what={what} />}
    </span>
  );
}

export function Mono({ children }: { children: string }) {
  const styles = useStyles();
  return <span className={styles.hash}>{children}</span>;
}

/** For paths that may be unknown. */
export function mono(text: string | null): ReactNode {
  return text === null ? null : <Mono>{text}</Mono>;
}
