import { useSyncExternalStore } from 'react';
import { after } from './clock.ts';

/** Puts text on the clipboard; false when the system refused. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** For windows whose clipboard permission is denied: select a hidden text and copy it. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.style.position = 'fixed';
  area.style.opacity = '0';
  (document.querySelector('[role="dialog"]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** Offers text to the person as a file. */
export function saveText(name: string, text: string, type = 'application/x-pem-file'): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  after(60_000, () => URL.revokeObjectURL(address));
}

function query(text: string): { subscribe(listener: () => void): () => void; read(): boolean } {
  return {
    subscribe(listener) {
      const list = window.matchMedia(text);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    read: () => window.matchMedia(text).matches,
  };
}

const dark = query('(prefers-color-scheme: dark)');
export function usePrefersDark(): boolean {
  return useSyncExternalStore(dark.subscribe, dark.read, () => false);
}

const small = query('(max-width: 1040px)');
/** Where the style sheets leave out what is for wide windows. */
export function useSmallWindow(): boolean {
  return useSyncExternalStore(small.subscribe, small.read, () => false);
}

/** A nonce for style elements, when the page was given one (`<meta name="csp-nonce" content="…">`). */
export function styleNonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]');
  return meta?.nonce || meta?.content || undefined;
}
