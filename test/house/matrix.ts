import { read } from './sources.ts';

/**
 * The table of ARCHITECTURE.md §2, read from the page. Only what stands between backticks counts: rooms in the first
 * column, what they may import in the second; a path that does not begin at the root begins in electron/. `<family>`
 * and `<one>` stand for the name of a folder, the same all along a row; `<face>` for a family's face.
 */
interface Row {
  room: string;
  /** Empty for a room that stands alone. */
  may: readonly string[];
  /** For what only builds and joins: everything is open to it. */
  open: boolean;
}

/** Where a file lives: the folder that its row names, and what the placeholders of the row stand for there. */
interface Place {
  row: Row;
  folder: string;
  known: Record<string, string>;
}

const known = { face: '(?:endpoint|connection|authority|credential-store|channel)' };

const fromRoot = (path: string): string => (/^(shared|renderer)\b/.test(path) ? path : `electron/${path}`);

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** @throws when the page has no such table: then nothing would be held. */
function rowsOf(page: string): Row[] {
  const section = page.split(/^## /m).find((part) => part.startsWith('2. ')) ?? '';
  const rows = section.split('\n').flatMap((line) => {
    const [, rooms = '', may = ''] = line.split('|');
    const open = may.trim() === 'everything';
    return quoted(rooms).map((room) => ({ room: fromRoot(room), may: quoted(may).map(fromRoot), open }));
  });
  if (rows.length < 20) throw new Error('ARCHITECTURE.md §2 has no table of rooms.');
  return rows;
}

export const rows: readonly Row[] = rowsOf(read('ARCHITECTURE.md'));

const expressions = new Map<string, RegExp>();

function expression(path: string, values: Record<string, string>): RegExp {
  const key = JSON.stringify([path, values]);
  const made = expressions.get(key) ?? makeExpression(path, values);
  expressions.set(key, made);
  return made;
}

/** A path of the page as an expression: a folder with all in it, or a file. A second mention means the first. */
function makeExpression(path: string, values: Record<string, string>): RegExp {
  const named = new Set<string>();
  const source = path.replaceAll('.', '\\.').replace(/<([a-z]+)>/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    if (named.has(name)) return `\\k<${name}>`;
    named.add(name);
    return `(?<${name}>[a-z0-9-]+)`;
  });
  return new RegExp(`^${source}(?=$|/)`);
}

/** The place of a file by the row that says most about it. */
export function placeOf(file: string): Place | undefined {
  const [best] = rows
    .flatMap((row) => {
      const match = expression(row.room, known).exec(file);
      return match === null ? [] : [{ row, folder: match[0], known: { ...known, ...match.groups } }];
    })
    .toSorted(
      (a, b) =>
        b.folder.length - a.folder.length || Object.keys(a.known).length - Object.keys(b.known).length,
    );
  return best;
}

/** The entry of its row by which a file at this place may import the target. */
export const permission = ({ row, known: values }: Place, target: string): string | undefined =>
  row.may.find((path) => expression(path, values).test(target));
