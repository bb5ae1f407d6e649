import { makeStyles } from '@fluentui/react-components';
import { useState } from 'react';
import { shortcutName, useShortcut } from '../../bridge/shortcut.ts';
import { fetched } from '../../parts/fetched.tsx';
import { SearchIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { en } from '../../text/en.ts';
import type { Opens } from './items.ts';
import { OpenedForm } from './opened.tsx';

const Palette = fetched(async () => (await import('./palette.tsx')).Palette);

const useStyles = makeStyles({ button: { whiteSpace: 'nowrap', flexShrink: 0 } });

/** Opens the palette by a click or by Ctrl+K, and holds the form that was chosen in it. */
export function PaletteButton() {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const [form, setForm] = useState<Opens | null>(null);
  useShortcut('k', () => setOpen(!open));
  const opened = (opens: Opens): void => {
    setOpen(false);
    setForm(opens);
  };
  return (
    <>
      <OpenButton
        appearance="subtle"
        icon={<SearchIcon />}
        aria-keyshortcuts="Control+K"
        className={styles.button}
        title={en.palette.open}
        onClick={() => setOpen(true)}
      >
        {`${en.palette.short} ${shortcutName('K')}`}
      </OpenButton>
      {open && <Palette onOpen={opened} onClose={() => setOpen(false)} />}
      {form !== null && <OpenedForm opens={form} onClose={() => setForm(null)} />}
    </>
  );
}
