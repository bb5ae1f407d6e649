import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function read(): string {
  return window.location.hash.replace(/^#\/?/, '');
}

/** Where in the window: `['endpoints', 'ep_1']`. */
export function usePlace(): string[] {
  const hash = useSyncExternalStore(subscribe, read, () => '');
  return hash.split('/').filter(Boolean).map(decodeURIComponent);
}

export function link(...place: string[]): string {
  return `#/${place.map(encodeURIComponent).join('/')}`;
}

export function go(...place: string[]): void {
  window.location.hash = link(...place);
}
