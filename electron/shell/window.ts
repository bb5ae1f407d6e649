import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Clock } from '#kit/clock.ts';
import { keepMemoryOutOfCores } from '#kit/core-files.ts';
import type { Log } from '#kit/log.ts';
import { type Place, pageOrigin, placeHash } from '#shared/page.ts';
import { bringPageBack } from './page-comeback.ts';
import { secureWebPreferences } from './web-preferences.ts';
import { minimum, onScreen, type RememberedState } from './window-state.ts';

interface Parts {
  preload: string;
  icon: string;
  title: string;
  devTools: boolean;
  log: Log;
  clock: Clock;
  state: RememberedState;
  /** The window appeared: with its first page, not when it is brought to the front again. */
  onShown(): void;
  /** The window closed while the agent goes on. */
  onClosed(): void;
}

export interface MainWindow {
  /** Brings the window to the front, making it when there is none; at `place` when one is given. */
  show(place?: Place): void;
  /** The live window; null between closing and showing. */
  current(): BrowserWindow | null;
  /** The title says the agent's name from now on; null: it has none. */
  callAgent(name: string | null): void;
  destroy(): void;
}

/** One window. It is made when wanted and destroyed when closed, which gives its memory (50 MB) back. */
export function makeMainWindow(parts: Parts): MainWindow {
  let window: BrowserWindow | null = null;
  let name: string | null = null;
  const title = () => (name === null ? parts.title : `${name} – ${parts.title}`);
  let left = `${pageOrigin}/`; // where the person was when the window closed
  const forget = (closed: BrowserWindow) => {
    if (window !== closed) return;
    window = null;
    parts.onClosed();
  };
  return {
    current: () => window,
    destroy: () => window?.destroy(),
    callAgent(called) {
      name = called;
      window?.setTitle(title());
    },
    show(place) {
      const address = place === undefined ? left : `${pageOrigin}/${placeHash(place)}`;
      if (window === null) {
        const made = open(parts, address, title());
        made.on('close', () => {
          left = made.webContents.getURL() || left;
        });
        made.once('closed', () => forget(made));
        window = made;
        return;
      }
      if (place !== undefined) void window.loadURL(address).catch(() => {}); // same document: only the place changes
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}

function open(parts: Parts, address: string, title: string): BrowserWindow {
  const { bounds, maximized } = parts.state.get();
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...onScreen(bounds, areas),
    minWidth: minimum.width,
    minHeight: minimum.height,
    title,
    icon: parts.icon,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1f1f1f' : '#fafafa',
    webPreferences: secureWebPreferences(parts.preload, parts.devTools),
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
    parts.log.info('the window shows', { msSinceStart: Math.round(parts.clock.monotonic()) });
    parts.onShown();
  });
  // each page has a process of its own, which is not started by ours
  window.webContents.on('dom-ready', () => keepMemoryOutOfCores(window.webContents.getOSProcessId()));
  bringPageBack(
    {
      on: (event, heard) => window.webContents.on(event, heard),
      reload: () => void (window.isDestroyed() || window.webContents.reload()),
      close: () => void (window.isDestroyed() || window.destroy()),
    },
    parts,
  );
  window.on('page-title-updated', (event) => event.preventDefault());
  window.on('close', () =>
    parts.state.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  void window.loadURL(address).catch(() => {}); // destroyed while loading
  return window;
}
