import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { hasTrayHost } from '../../../electron/shell/tray-host.ts';
import { have } from '../../servers/available.ts';
import { haveDesktop, startDesktopBus } from '../../servers/desktop-bus.ts';
import { end } from '../../servers/display.ts';

const before = process.env.DBUS_SESSION_BUS_ADDRESS;
afterEach(() => {
  if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
  else process.env.DBUS_SESSION_BUS_ADDRESS = before;
});

describe.skipIf(!haveDesktop() || !have('gdbus'))(
  'whether this desktop shows the icons of applications',
  () => {
    test('is asked of the session bus: yes where something watches for icons', async () => {
      const bus = await startDesktopBus();
      try {
        process.env.DBUS_SESSION_BUS_ADDRESS = bus.address;
        expect(await hasTrayHost()).toBe(true);
      } finally {
        await bus.stop();
      }
    });

    test('no where nothing does, as on a stock GNOME', async () => {
      const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [address] = await new Promise<string[]>((resolve) =>
          bus.stdout.once('data', (part: Buffer) => resolve(part.toString('utf8').split('\n'))),
        );
        process.env.DBUS_SESSION_BUS_ADDRESS = address;
        expect(await hasTrayHost()).toBe(false);
      } finally {
        await end(bus);
      }
    });

    test('is not known where there is no session bus', async () => {
      process.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nowhere/bus';
      expect(await hasTrayHost()).toBeNull();
    });
  },
);
