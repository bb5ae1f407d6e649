import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { usePickFile } from '../bridge/context.tsx';
import { en } from '../text/en.ts';

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS, '& > :first-child': { flexGrow: 1, minWidth: 0 } },
  button: { flexShrink: 0, minWidth: 'auto', whiteSpace: 'nowrap' },
});

/**
 * Puts a button beside the input of a path, where there is a desktop that can show a file picker. What is picked goes
 * the way of what is typed; who changes their mind changes nothing.
 */
export function Browse(props: {
  label: string;
  name: string;
  onPick(path: string): void;
  children: ReactNode;
}) {
  const styles = useStyles();
  const pick = usePickFile();
  const { onPick } = props;
  // the form may be drawn anew, or be gone, by the time something is picked
  const latest = useRef<typeof onPick | null>(null);
  useEffect(() => {
    latest.current = onPick;
    return () => {
      latest.current = null;
    };
  }, [onPick]);
  if (pick === null) return props.children;
  const browse = async ({ currentTarget }: MouseEvent): Promise<void> => {
    const path = await pick();
    if (path === null || latest.current === null) return;
    latest.current(path);
    currentTarget.dispatchEvent(new Event('input', { bubbles: true })); // as if it were typed
  };
  return (
    <div className={styles.row}>
      {props.children}
      <Button
        className={styles.button}
        aria-label={en.form.browseFor(props.label)}
        data-browse={props.name}
        onClick={(event) => void browse(event)}
      >
        {en.form.browse}
      </Button>
    </div>
  );
}
