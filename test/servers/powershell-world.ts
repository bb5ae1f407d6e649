import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** An error as a script of ours tells it. */
export class WindowsError extends Error {
  readonly type: string;
  readonly code: number;
  readonly native: number;
  readonly trouble: string | null;
  about = '';

  constructor(type: string, code: number, message: string, more: { native?: number; trouble?: string } = {}) {
    super(message);
    this.type = type;
    this.code = code;
    this.native = more.native ?? 0;
    this.trouble = more.trouble ?? null;
  }
}

/** As .NET throws them for the codes of Win32; what they say is in the language of that Windows. */
const thrown: Record<number, [type: string, message: string]> = {
  2: ['System.IO.FileNotFoundException', 'Die Datei wurde nicht gefunden.'],
  3: ['System.IO.DirectoryNotFoundException', 'Ein Teil des Pfades konnte nicht gefunden werden.'],
  5: ['System.UnauthorizedAccessException', 'Der Zugriff auf den Pfad wurde verweigert.'],
  19: ['System.IO.IOException', 'Das Medium ist schreibgeschützt.'],
  32: ['System.IO.IOException', 'プロセスはファイルにアクセスできません。別のプロセスが使用中です。'],
  112: ['System.IO.IOException', 'Espace insuffisant sur le disque.'],
  206: ['System.IO.PathTooLongException', 'La ruta de acceso especificada es demasiado larga.'],
};

export function win32(code: number): WindowsError {
  const [type, message] = thrown[code] ?? ['System.IO.IOException', `Fehler ${code}`];
  return new WindowsError(type, 0x80070000 - 2 ** 32 + code, message);
}

export const trouble = (name: string): WindowsError =>
  new WindowsError('System.IO.IOException', -2146232800, name, { trouble: name });

/** What a file is given by its directory where nothing else is said. */
export const inherited = 'O:BAG:SYD:AI(A;ID;FA;;;BA)(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)';
const own = 'S-1-5-21-1-2-3-1001';
export const privateRights = `O:BAG:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;${own})`;

/** A made-up Windows with one drive, C:, whose files lie in a directory of this machine; what those lack is kept beside them. */
export class WindowsWorld {
  readonly drive: string;
  readonly #beside: string;
  readonly #faults: string;

  /** `directory`: of its own. */
  constructor(directory: string) {
    this.drive = join(directory, 'c');
    this.#beside = join(directory, 'beside');
    this.#faults = join(directory, 'faults');
    mkdirSync(this.drive, { recursive: true });
    mkdirSync(this.#beside, { recursive: true });
  }

  /** From now on these steps end with this code of Win32, of one path or of all. In a file: the interpreter may be a process of its own. */
  fail(steps: readonly string[], code: number, path: string | null = null): void {
    writeFileSync(this.#faults, JSON.stringify({ steps, code, path }));
  }

  heal(): void {
    rmSync(this.#faults, { force: true });
  }

  /** Said before something is done to a path. */
  step(name: string, path: string): void {
    if (!existsSync(this.#faults)) return;
    const { steps, code, path: about } = JSON.parse(readFileSync(this.#faults, 'utf8'));
    if (!steps.includes(name) || (about ?? path) !== path) return;
    throw Object.assign(win32(code), { about: path });
  }

  /** `C:\dir\f` → where it lies. */
  real(path: string): string {
    const [, rest] = /^[Cc]:[\\/](.*)$/s.exec(path) ?? [];
    if (rest === undefined) throw win32(path.startsWith('\\\\') ? 53 : 3);
    if (path.length > 259) throw win32(206);
    return join(this.drive, ...rest.split(/[\\/]/));
  }

  shown(real: string): string {
    return `C:\\${real.slice(this.drive.length + 1).replaceAll('/', '\\')}`;
  }

  /** Where links lead, as a path of Windows. A link of the drive leads within it. */
  resolved(path: string): string {
    let full = this.real(path);
    for (let turn = 0; turn < 40; turn++) {
      let at = full;
      while (at.length > this.drive.length && !isLink(at)) at = dirname(at);
      if (at.length <= this.drive.length) return this.shown(full);
      full = join(dirname(at), readlinkSync(at)) + full.slice(at.length);
    }
    throw trouble('failed');
  }

  /** Not of what a link leads to. */
  isThere(path: string): boolean {
    return statOf(this.real(path)) !== undefined;
  }

  isDirectory(path: string): boolean {
    return statOf(this.real(path))?.isDirectory() === true;
  }

  #noteOf(real: string): string {
    return join(this.#beside, `${statSync(real).ino}`);
  }

  rightsOf(path: string): string {
    const note = this.#noteOf(this.real(path));
    return existsSync(note) ? readFileSync(note, 'utf8') : inherited;
  }

  setRights(path: string, sddl: string): void {
    if (!/^O:.+G:.+D:[A-Z]*\(/.test(sddl)) throw trouble('rights-not-kept');
    writeFileSync(this.#noteOf(this.real(path)), sddl);
  }

  /** The note of a file goes with it: its number may come again. */
  delete(path: string): void {
    const real = this.real(path);
    if (!isLink(real) && existsSync(real)) rmSync(this.#noteOf(real), { force: true });
    rmSync(real, { force: true });
  }
}

/** Of a link itself; undefined: there is nothing, also below a file. */
function statOf(real: string): Stats | undefined {
  try {
    return lstatSync(real);
  } catch {
    return undefined;
  }
}

const isLink = (real: string): boolean => statOf(real)?.isSymbolicLink() === true;
