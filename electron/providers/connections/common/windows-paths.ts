import { mustBeUsable } from './file-failures.ts';

/** `C:\` or `\\server\share\`; slashes are taken too, as Windows takes them. */
const root = /^(?:[A-Za-z]:[\\/]|[\\/]{2}[^\\/?.][^\\/]*[\\/][^\\/]+[\\/])/;
/** Names of devices, whatever their ending and wherever they are. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:[. ]|$)/i;

/** Absolute, and names one place alone: no stream, no device, nothing that Windows would read as another name. @internal */
export function isWindowsPath(path: string): boolean {
  const [begin] = root.exec(path) ?? [];
  if (begin === undefined) return false;
  const parts = path.slice(begin.length).split(/[\\/]/);
  return parts.every((part, at) => (part === '' ? at === parts.length - 1 : isName(part)));
}

function isName(part: string): boolean {
  if (part === '.' || part === '..') return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows has none in names
  return !/[<>:"|?*\u0000-\u001f]/.test(part) && !/[. ]$/.test(part) && !device.test(part);
}

/** @throws `file.path-invalid` */
export const mustBeWindowsPath = (path: string): void => mustBeUsable(path, isWindowsPath);
