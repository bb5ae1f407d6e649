import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { HealthLevel } from '#shared/model/overview.ts';
import type { Place } from '#shared/page.ts';
import type { Autostart } from './autostart.ts';
import { startingFacts, type TrayFacts, type TrayLine, trayView } from './tray-view.ts';

interface Parts {
  /** Folder with one icon per level; each has its own shape. */
  icons: string;
  open(place?: Place): void;
  quit(): void;
  autostart: Autostart;
}

export interface DesktopTray {
  paint(facts: TrayFacts): void;
}

/** Paints what it is told; the agent decides the level. Left click opens the window, the menu says the rest. */
export function makeTray(parts: Parts): DesktopTray {
  const tray = new Tray(nativeImage.createFromPath(iconFile(parts.icons, startingFacts.level)));
  tray.on('click', () => parts.open());
  let painted = '';
  let level: HealthLevel = startingFacts.level;
  const paint = (facts: TrayFacts) => {
    const view = trayView(facts);
    const now = JSON.stringify([facts.level, view]);
    if (now === painted) return; // a new menu closes the one that is open
    painted = now;
    if (facts.level !== level) tray.setImage(nativeImage.createFromPath(iconFile(parts.icons, facts.level)));
    level = facts.level;
    tray.setToolTip(view.tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(view.lines.map((line) => menuItem(line, parts))));
  };
  paint(startingFacts);
  return { paint };
}

function menuItem(line: TrayLine, parts: Parts): Electron.MenuItemConstructorOptions {
  switch (line.id) {
    case 'separator':
      return { type: 'separator' };
    case 'open':
      return { label: line.label, click: () => parts.open() };
    case 'level':
      return { label: line.label, click: () => parts.open({ screen: 'overview' }) };
    case 'approvals':
      return { label: line.label, click: () => parts.open({ screen: 'approvals' }) };
    case 'notifications':
      return { label: line.label, click: () => parts.open({ screen: 'notifications' }) };
    case 'autostart':
      return {
        label: line.label,
        type: 'checkbox',
        checked: parts.autostart.isOn(),
        click: (item) => parts.autostart.set(item.checked),
      };
    case 'quit':
      return { label: line.label, click: () => parts.quit() };
  }
}

/** Windows picks the size out of an .ico; macOS wants a template image, which it colours itself. */
function iconFile(folder: string, level: HealthLevel): string {
  if (process.platform === 'win32') return join(folder, `${level}.ico`);
  return join(folder, process.platform === 'darwin' ? `${level}Template.png` : `${level}.png`);
}
