import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { firstFew } from '#shared/model/first-of.ts';
import { en } from '../text/en.ts';
import { MoreButton } from './more-button.tsx';
import { Soft } from './soft.tsx';

const useStyles = makeStyles({
  names: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  name: {
    padding: `0 ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
    minWidth: 0,
  },
});

/** Some of many: the first of them and the button that shows the rest, or puts it away again; null when there is no rest. */
function useSome<T>(all: readonly T[], most: number): { shown: readonly T[]; toggle: ReactNode } {
  const [open, setOpen] = useState(false);
  const few = firstFew(all, most);
  const more = all.length - few.length;
  if (more === 0) return { shown: all, toggle: null };
  const toggle = (
    <MoreButton open={open} onToggle={() => setOpen(!open)}>
      {open ? en.some.fewer : en.some.more(more)}
    </MoreButton>
  );
  return { shown: open ? all : few, toggle };
}

/** Names of a certificate or a server, the rest on demand. */
export function Names({ names, most = 8 }: { names: readonly string[]; most?: number }) {
  const styles = useStyles();
  const { shown, toggle } = useSome(names, most);
  if (names.length === 0) return null;
  return (
    <span className={styles.names}>
      {shown.map((name) => (
        <span key={name} className={styles.name}>
          <Soft text={name} />
        </span>
      ))}
      {toggle}
    </span>
  );
}

/** Blocks below each other, such as addresses or list items; the rest on demand. */
export function Some<T>(props: { all: readonly T[]; most?: number; draw(one: T): ReactNode }) {
  const { shown, toggle } = useSome(props.all, props.most ?? 8);
  return (
    <>
      {shown.map(props.draw)}
      {toggle !== null && <div>{toggle}</div>}
    </>
  );
}
