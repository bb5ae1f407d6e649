import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { HealthLevel } from '#shared/model/overview.ts';
import type { Place } from '#shared/page.ts';
import type { Autostart } from './autostart.ts';
import type { DesktopQuestions } from './desktop-agent.ts';
import { startingFacts, type TrayFacts, type TrayLine, trayView } from './tray-view.ts';

interface Parts {
  /** Folder with one icon per level; each has its own shape. */
  icons: string;
  open(place?: Place): void;
  quit(): Promise<void>;
  autostart: Autostart;
  /** Null until the agent is there. */
  questions(): DesktopQuestions | null;
  clock: Clock;
  log: Log;
}

export interface DesktopTray {
  paint(facts: TrayFacts): void;
}

/** Paints what it is told; the agent decides the level. Left click opens the window, the menu says the rest. */
export function makeTray(parts: Parts): DesktopTray {
  const tray = new Tray(nativeImage.createFromPath(iconFile(parts.icons, startingFacts.level)));
  tray.on('click', () => parts.open());
  let level: HealthLevel = startingFacts.level;
  let shown = '';
  let last = startingFacts;
  const paint = (facts: TrayFacts) => {
    last = facts;
    const view = trayView(facts, parts.autostart.isOn(), parts.clock.now());
    const now = JSON.stringify([facts.level, view]);
    if (now === shown) return; // a new menu closes the one that is open
    shown = now;
    if (facts.level !== level) tray.setImage(nativeImage.createFromPath(iconFile(parts.icons, facts.level)));
    level = facts.level;
    tray.setToolTip(view.tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(view.lines.map((line) => menuItem(line, choose))));
  };
  const choose = (line: TrayLine, checked: boolean) => {
    obey(line, checked, parts)
      .catch((error: unknown) => parts.log.warn('the tray could not do it', { line: line.id, error }))
      .finally(() => paint(last)); // Linux shows a new tick only with a new menu
  };
  paint(startingFacts);
  return { paint };
}

async function obey(line: TrayLine, checked: boolean, parts: Parts): Promise<void> {
  switch (line.id) {
    case 'open':
      return parts.open();
    case 'level':
      return parts.open({ screen: 'overview' });
    case 'action-required':
    case 'notifications':
      return parts.open({ screen: line.id });
    case 'pause-hour':
    case 'pause-tomorrow':
      return void (await parts.questions()?.pause(line.id === 'pause-tomorrow'));
    case 'resume':
      return void (await parts.questions()?.resume());
    case 'updates':
      parts.open({ screen: 'autoupdate' }); // what comes of it is said there
      return void (await parts.questions()?.checkForUpdates?.());
    case 'autostart':
      return parts.autostart.set(checked);
    case 'quit':
      return parts.quit();
    case 'separator':
      return;
  }
}

function menuItem(
  line: TrayLine,
  choose: (line: TrayLine, checked: boolean) => void,
): Electron.MenuItemConstructorOptions {
  if (line.id === 'separator') return { type: 'separator' };
  const click = (item: Electron.MenuItem) => choose(line, item.checked);
  if (line.checked === undefined) return { label: line.label, click };
  return { label: line.label, type: 'checkbox', checked: line.checked, click };
}

/** Windows picks the size out of an .ico; macOS wants a template image, which it colours itself. */
function iconFile(folder: string, level: HealthLevel): string {
  if (process.platform === 'win32') return join(folder, `${level}.ico`);
  return join(folder, process.platform === 'darwin' ? `${level}Template.png` : `${level}.png`);
}
