import { posix, win32 } from 'node:path';

/** Paths are those of the endpoint's machine: a drive letter or a share says that it is Windows. */
const of = (path: string) => (/^([A-Za-z]:[\\/]|\\\\)/.test(path) ? win32 : posix);

export const dirname = (path: string): string => of(path).dirname(path);
export const basename = (path: string): string => of(path).basename(path);
export const join = (directory: string, name: string): string => of(directory).join(directory, name);
