import { useEffect, useEffectEvent } from 'react';

/** Calls `run` when Ctrl (Command on a Mac) and this key are pressed, wherever the keyboard is; not while a dialog asks something. */
export function useShortcut(key: string, run: () => void): void {
  const heard = useEffectEvent(run);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (event.key.toLowerCase() !== key || asksSomething()) return;
      event.preventDefault();
      heard();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [key]);
}

/** How the keys are written on this system. */
export function shortcutName(key: string): string {
  return /Mac/.test(navigator.userAgent) ? `⌘${key}` : `Ctrl+${key}`;
}

function asksSomething(): boolean {
  return document.querySelector('[role=dialog]:not([data-palette]), [role=alertdialog]') !== null;
}
