import { exec } from '#kit/exec.ts';

const patienceMs = 3000;
const watcher = 'org.kde.StatusNotifierWatcher';

/**
 * Whether this desktop shows the icons of applications; null: not known. On Linux an icon that no one shows is no error, so the
 * session bus is asked for who would show it, with the program that GLib has for that. Stock GNOME has none. Never rejects.
 */
export async function hasTrayHost(): Promise<boolean | null> {
  if (process.platform !== 'linux') return true;
  const bus = ['--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus'];
  const question = ['--method', 'org.freedesktop.DBus.NameHasOwner', watcher];
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime, PATH = '' } = process.env;
  const env = {
    PATH,
    ...(address === undefined ? {} : { DBUS_SESSION_BUS_ADDRESS: address }),
    ...(runtime === undefined ? {} : { XDG_RUNTIME_DIR: runtime }),
  };
  try {
    const argv = ['gdbus', 'call', '--session', ...bus, ...question] as const;
    const { stdout } = await exec({ argv: [...argv], timeoutMs: patienceMs, env });
    return hostIn(stdout.toString('utf8'));
  } catch {
    return null;
  }
}

/** The answer as `gdbus` writes it. @internal */
export function hostIn(answer: string): boolean | null {
  const found = /^\((true|false),\)/.exec(answer)?.[1];
  return found === undefined ? null : found === 'true';
}
