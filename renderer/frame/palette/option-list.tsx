import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { forcedColours } from '../../parts/forced-colours.ts';
import { Soft } from '../../parts/soft.tsx';
import { en } from '../../text/en.ts';
import type { Item } from './items.ts';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0, maxHeight: 'min(420px, 55vh)', overflowY: 'auto' },
  item: {
    display: 'flex',
    alignItems: 'baseline',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    overflowWrap: 'anywhere',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
  },
  here: {
    backgroundColor: tokens.colorBrandBackground2,
    [forcedColours]: { outline: '2px solid Highlight', outlineOffset: '-2px' },
  },
  kind: { flexShrink: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

interface OptionListProps {
  id: string;
  items: readonly Item[];
  here: number;
  asking: boolean;
  onChoose(item: Item): void;
}

/** The keyboard stays in the input, which names the option it is at. */
export function OptionList({ id, items, here, asking, onChoose }: OptionListProps) {
  const styles = useStyles();
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another option, or another list, is to be in sight
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [here, items]);
  return (
    <>
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={en.palette.label}
        className={styles.list}
        tabIndex={-1}
      >
        {items.map((item, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the input, where the keyboard is
          <div
            key={item.id}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === here}
            className={mergeClasses(styles.item, at === here && styles.here)}
            onClick={() => onChoose(item)}
          >
            <span>
              <Soft text={item.title} />
            </span>
            <span className={styles.kind}>{item.kind}</span>
          </div>
        ))}
      </div>
      {items.length === 0 && !asking && <Empty title={en.palette.none}>{en.palette.noneHint}</Empty>}
    </>
  );
}
