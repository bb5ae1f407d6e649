import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';

const file = 'com.trustkeep.desktop.desktop';

/** Start at login, hidden in the tray. Off until a person turns it on. */
export interface Autostart {
  isOn(): boolean;
  set(on: boolean): Promise<void>;
}

interface Place {
  platform: NodeJS.Platform;
  /** `XDG_CONFIG_HOME` or `~/.config`. */
  configHome: string;
  /** What starts this application; for an AppImage the image, not the folder it is mounted at. */
  executable: string;
}

type LoginItems = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;

/** For this process on this machine. */
export function systemAutostart(app: LoginItems): Autostart {
  return makeAutostart(app, {
    platform: process.platform,
    configHome: process.env.XDG_CONFIG_HOME || join(homedir(), '.config'),
    executable: process.env.APPIMAGE || process.execPath,
  });
}

/** @internal */
export function makeAutostart(app: LoginItems, at: Place): Autostart {
  if (at.platform !== 'linux') {
    return {
      isOn: () => {
        const settings = app.getLoginItemSettings({ args: ['--hidden'] });
        // on Windows the person may have switched it off in the task manager
        return at.platform === 'win32' ? settings.executableWillLaunchAtLogin : settings.openAtLogin;
      },
      set: async (on) => app.setLoginItemSettings({ openAtLogin: on, args: ['--hidden'] }),
    };
  }
  const folder = join(at.configHome, 'autostart');
  const entry = join(folder, file);
  return {
    isOn: () => existsSync(entry),
    async set(on) {
      if (!on) return rm(entry, { force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(`${entry}.part`, desktopEntry(at.executable));
      await rename(`${entry}.part`, entry); // whole or not at all: that it is there means that it is on
    },
  };
}

/** An entry for `~/.config/autostart`; quoted as the Desktop Entry Specification says. @internal */
export function desktopEntry(executable: string): string {
  const quoted = executable
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Trustkeep',
    'Comment=Manages the certificates of your network',
    `Exec="${quoted}" --hidden`,
    `TryExec=${executable.replaceAll('\\', '\\\\')}`, // passed over by the desktop when the package is gone
    'Icon=trustkeep-desktop',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
