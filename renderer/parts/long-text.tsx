import { makeStyles, mergeClasses } from '@fluentui/react-components';
import { useState } from 'react';
import { en } from '../text/en.ts';
import { MoreButton } from './more-button.tsx';

const useStyles = makeStyles({
  text: { overflowWrap: 'anywhere' },
  short: { display: '-webkit-box', WebkitBoxOrient: 'vertical', WebkitLineClamp: 4, overflow: 'hidden' },
});

/** More than four lines of any place where sentences stand. */
const long = 400;

/** A sentence that somebody else made long, by naming all it is about: four lines of it, and all of it on demand. */
export function LongText({ text, fixed = false }: { text: string; fixed?: boolean }) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  if (text.length <= long) return <span className={styles.text}>{text}</span>;
  return (
    <>
      <span className={mergeClasses(styles.text, !open && styles.short)}>{text}</span>
      {!fixed && (
        <MoreButton open={open} onToggle={() => setOpen(!open)}>
          {open ? en.some.less : en.some.whole}
        </MoreButton>
      )}
    </>
  );
}
