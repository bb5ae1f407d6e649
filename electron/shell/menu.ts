import { Menu } from 'electron';

/** A small menu; on Windows and Linux it stays hidden until Alt, but its keys always work. No reload, no tools. */
export function setMenu(quit: () => void): void {
  const appMenu: Electron.MenuItemConstructorOptions[] =
    process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...appMenu,
      {
        label: '&File',
        submenu: [
          { role: 'close', label: 'Close window' },
          { label: 'Quit Trustkeep', accelerator: 'CommandOrControl+Q', click: quit },
        ],
      },
      { role: 'editMenu' },
      {
        label: '&View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
    ]),
  );
}
