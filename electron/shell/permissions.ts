import type { Session } from 'electron';
import type { Log } from '#kit/log.ts';
import { pageOrigin } from '#shared/page.ts';

interface Ruling {
  allow: boolean;
  because: string;
}

/** Every permission this Electron knows to ask or to look for, so that a new one fails the type check. */
type Handler<T> = Exclude<T, null>;
type Asked = Parameters<Handler<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];
type Checked = Parameters<Handler<Parameters<Session['setPermissionCheckHandler']>[0]>>[1];

const no = (because: string): Ruling => ({ allow: false, because });

/** The whole table, with reasons. What is not in it is denied. @internal */
export const permissions: Readonly<Record<Asked | Checked, Ruling>> = {
  'clipboard-sanitized-write': { allow: true, because: 'copy buttons put plain text on the clipboard' },
  'clipboard-read': no('the page takes pasted text only, as an event of the person'),
  'deprecated-sync-clipboard-read': no('the page takes pasted text only, as an event of the person'),
  notifications: no('the main process notifies, so that it also works without a window'),
  'background-sync': no('the agent works in the main process'),
  media: no('there is no camera or microphone feature'),
  mediaKeySystem: no('there is no protected media'),
  'display-capture': no('the screen is private'),
  'speaker-selection': no('there is no sound'),
  'geolocation-approximate': no('the place of the machine does not matter'),
  'automatic-fullscreen': no('only the menu may go to full screen, the page could imitate the desktop'),
  'captured-surface-control': no('the screen is private'),
  'hand-tracking': no('there is no other world to see'),
  ar: no('there is no other world to see'),
  vr: no('there is no other world to see'),
  'screen-wake-lock': no('the machine may sleep, the agent catches up'),
  'system-wake-lock': no('the machine may sleep, the agent catches up'),
  'smart-card': no('no devices'),
  'web-app-installation': no('there is one application'),
  'web-printing': no('the page does not find printers'),
  geolocation: no('the place of the machine does not matter'),
  midi: no('there are no instruments'),
  midiSysex: no('there are no instruments'),
  pointerLock: no('there is no game'),
  keyboardLock: no('system keys stay with the system'),
  fullscreen: no('only the menu may go to full screen, the page could imitate the desktop'),
  openExternal: no('links leave through safe-open, by its own list'),
  'idle-detection': no('the presence of the person does not matter'),
  'window-management': no('the page does not place windows'),
  'storage-access': no('there are no third parties'),
  'top-level-storage-access': no('there are no third parties'),
  'persistent-storage': no('the page keeps how lists are shown, and may lose it; the agent has the database'),
  fileSystem: no('files are read and written by the agent'),
  'local-fonts': no('the page uses the fonts of its style sheet'),
  sensors: no('there are no sensors to read'),
  hid: no('no devices'),
  serial: no('no devices'),
  usb: no('no devices'),
  nfc: no('no devices'),
  'payment-handler': no('nothing is sold'),
  'periodic-background-sync': no('the agent works in the main process'),
  'background-fetch': no('the page has no network'),
  'local-network-access': no('the page has no network'),
  'loopback-network': no('the page has no network'),
  'local-network': no('the page has no network'),
  unknown: no('nothing without a name'),
};

/** Allowed only by the table, only for our own page. @internal */
export function mayUse(permission: string, origin: string): boolean {
  const ruling = (permissions as Readonly<Record<string, Ruling>>)[permission];
  return ruling?.allow === true && origin === pageOrigin;
}

/** Chromium allows by default: all four ways of asking are answered by the table. */
export function denyPermissions(session: Session, log: Log): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const allowed = details.isMainFrame && mayUse(permission, originOf(details.requestingUrl));
    if (!allowed) log.warn('permission denied', { permission, page: contents?.getURL() });
    answer(allowed);
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    details.isMainFrame ? mayUse(permission, originOf(origin)) : false,
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
}

/** `URL.origin` is `null` for schemes it does not know, ours included. */
export function originOf(address: string): string {
  const url = URL.parse(address);
  return url === null ? '' : `${url.protocol}//${url.host}`;
}
