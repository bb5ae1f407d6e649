import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  Input,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { keepPlace } from '../../bridge/recent.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { SearchIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import { follow, type Item, type Opens } from './items.ts';
import { OptionList } from './option-list.tsx';
import { useItems } from './use-items.ts';

const useStyles = makeStyles({
  surface: {
    width: 'min(640px, calc(100vw - 48px))',
    maxWidth: 'none',
    marginTop: '10vh',
    alignSelf: 'start',
  },
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, padding: 0 },
  input: { width: '100%' },
  count: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

interface PaletteProps {
  onOpen(opens: Opens): void;
  onClose(): void;
}

/** Finds a screen, a thing or an action by a few letters: arrows choose, Enter does it. A combobox with a list, as ARIA describes it. */
export function Palette({ onOpen, onClose }: PaletteProps) {
  const styles = useStyles();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { items, asking } = useItems(text);
  const listId = useId();
  const here = Math.min(at, items.length - 1);
  const doing = useCommand((item: Item) => item.run?.() ?? Promise.resolve<readonly string[]>([]));
  const choose = async (item: Item | undefined): Promise<void> => {
    if (item === undefined || doing.busy) return;
    if (item.opens !== undefined) return onOpen(item.opens);
    const place = item.run === undefined ? item.place : await doing.run(item);
    if (place === undefined) return; // it failed, and says so
    if (item.run === undefined && item.place !== undefined)
      keepPlace({ id: item.id, kind: item.kind, title: item.title, place: [...item.place] });
    onClose();
    follow(place);
  };
  const pressed = (event: KeyboardEvent): void => {
    const to = next(event.key, here, items.length);
    if (to !== null) setAt(to);
    else if (event.key === 'Enter') void choose(items[here]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface} aria-label={en.palette.open} data-palette>
        <DialogBody>
          <DialogContent className={styles.content}>
            <PaletteInput
              className={styles.input}
              value={text}
              listId={listId}
              active={items[here] === undefined ? undefined : `${listId}-${here}`}
              onKeyDown={pressed}
              onChange={(typed) => {
                setText(typed);
                setAt(0);
                doing.clear();
              }}
            />
            <FailureBar failure={doing.failure} />
            <OptionList
              id={listId}
              items={items}
              here={here}
              asking={asking}
              onChoose={(item) => void choose(item)}
            />
            <span className={styles.count} role="status">
              {asking || doing.busy ? en.answer.waiting : en.palette.results(items.length)}
            </span>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** Arrows go round; Home and End stay with the text. */
function next(key: string, here: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (here + 1) % count;
    case 'ArrowUp':
      return (here - 1 + count) % count;
    case 'PageDown':
      return Math.min(here + 8, count - 1);
    case 'PageUp':
      return Math.max(here - 8, 0);
    default:
      return null;
  }
}

interface PaletteInputProps {
  className: string;
  value: string;
  listId: string;
  active: string | undefined;
  onKeyDown(event: KeyboardEvent): void;
  onChange(text: string): void;
}

function PaletteInput({ className, value, listId, active, onKeyDown, onChange }: PaletteInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <Input
      className={className}
      size="large"
      contentBefore={<SearchIcon />}
      value={value}
      onChange={(_, data) => onChange(data.value)}
      input={{
        ref: input,
        role: 'combobox',
        placeholder: en.palette.hint,
        'aria-label': en.palette.label,
        'aria-expanded': true,
        'aria-controls': listId,
        'aria-autocomplete': 'list',
        ...(active === undefined ? {} : { 'aria-activedescendant': active }),
        autoComplete: 'off',
        spellCheck: false,
        onKeyDown,
      }}
    />
  );
}
