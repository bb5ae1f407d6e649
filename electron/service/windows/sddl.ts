import { createHash } from 'node:crypto';
import { win32 } from 'node:path';

/**
 * The identity that Windows gives a service of that name, whichever account it runs as: known before it is installed
 * (S-1-5-80- and the SHA-1 of the name in capitals).
 */
export function serviceSid(name: string): string {
  const hash = createHash('sha1').update(Buffer.from(name.toUpperCase(), 'utf16le')).digest();
  return `S-1-5-80-${[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at)).join('-')}`;
}

/** Read, change, remove; not: give rights away. */
const modify = '0x1301bf';
const administrators = '(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';

/** Who may use the data: Windows, its administrators and the service; nothing comes from the folder above. */
export const listOfData = (service: string): string =>
  `D:PAI${administrators}(A;OICI;${modify};;;${service})`;

/** The same for the folder of the token that callers show, which the group may read. */
export const listOfToken = (service: string, group: string): string =>
  `${listOfData(service)}(A;OICI;FR;;;${group})`;

/** Who may connect to the pipe. Node opens one for reading and writing, or not at all. */
export const listOfPipe = (service: string, group: string | null): string =>
  `D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;${service})${group === null ? '' : `(A;;FRFW;;;${group})`}`;

/** Nothing of its own: what the folder above passes on. */
export const listFromAbove = 'D:AI';

const rights: Record<string, number> = {
  ...{ GA: 0x10000000, GX: 0x20000000, GW: 0x40000000, GR: 0x80000000 },
  ...{ RC: 0x20000, SD: 0x10000, WD: 0x40000, WO: 0x80000 },
  ...{ CC: 0x1, DC: 0x2, LC: 0x4, SW: 0x8, RP: 0x10, WP: 0x20, DT: 0x40, LO: 0x80, CR: 0x100 },
  ...{ FA: 0x1f01ff, FR: 0x120089, FW: 0x120116, FX: 0x1200a0 },
};

/** What harms a drive, whose own folder no one removes; a folder further up, where a new file does no harm; the thing itself. */
const drive = 0x40 | rightsOf('WDWOGA');
const above = drive | rightsOf('SD');
const harms = { drive, above, itself: above | 0x2 | 0x4 | rightsOf('GW') } as const;

/** System, administrators and what installs Windows; as an abbreviation or whole. */
const trusted = new Set([
  ...['SY', 'S-1-5-18', 'BA', 'S-1-5-32-544', 'LA'],
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
  'S-1-5-21-0-0-0-1000', // whoever runs Wine, which knows one account; Windows makes no such domain
]);

/** Abbreviations of accounts that a service can run as. */
const whole: Record<string, string> = { LS: 'S-1-5-19', NS: 'S-1-5-20' };

/** Creator and owner mean someone else each time: who that is, is told apart from it. */
const standIns = new Set(['CO', 'S-1-3-0', 'OW', 'S-1-3-4']);

/** Of a security descriptor as text (SDDL): who besides administrators can change what it is of, or null. Also trusted: `besides`. */
export function whoElse(
  descriptor: string,
  place: keyof typeof harms,
  besides: readonly string[] = [],
): string | null {
  const isTrusted = (sid: string) => trusted.has(sid) || besides.includes(whole[sid] ?? sid);
  const owner = /^O:(S-[\d-]+|[A-Z]{2})/.exec(descriptor)?.[1] ?? 'an unknown owner';
  if (!isTrusted(owner)) return owner;
  const list = /D:([A-Z_]*)((?:\([^)]*\))*)/.exec(descriptor);
  if (list === null || list[1]?.includes('NO_ACCESS_CONTROL')) return 'S-1-1-0';
  for (const [, entry = ''] of (list[2] ?? '').matchAll(/\(([^)]*)\)/g)) {
    const [type = '', flags = '', mask = '', , , sid = ''] = entry.split(';');
    if (!type.endsWith('A') || flags.includes('IO') || standIns.has(sid) || isTrusted(sid)) continue;
    if ((rightsOf(mask) & harms[place]) !== 0) return sid;
  }
  return null;
}

/** The first folder above a path that someone besides administrators can change, with who; null: there is none. */
export function openAbove(
  path: string,
  descriptorOf: (path: string) => string,
): { who: string; folder: string } | null {
  for (let folder = win32.dirname(path); ; folder = win32.dirname(folder)) {
    const isDrive = folder === win32.dirname(folder);
    const who = whoElse(descriptorOf(folder), isDrive ? 'drive' : 'above');
    if (who !== null) return { who, folder };
    if (isDrive) return null;
  }
}

const names: Record<string, string> = {
  WD: 'everyone',
  'S-1-1-0': 'everyone',
  BU: 'every user',
  'S-1-5-32-545': 'every user',
  AU: 'every user',
  'S-1-5-11': 'every user',
  IU: 'whoever is logged on',
};

/** For a sentence. */
export const accountWords = (who: string): string => names[who] ?? `the account ${who}`;

function rightsOf(mask: string): number {
  if (/^0x/i.test(mask)) return Number(mask);
  return (mask.match(/../g) ?? []).reduce((all, two) => all | (rights[two] ?? 0xffffffff), 0);
}
