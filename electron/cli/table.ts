interface Column<T> {
  head: string;
  value(row: T): string;
  /** Numbers stand at the right. */
  right?: boolean;
  /** Never cut: ids and names are there to be copied. */
  whole?: boolean;
}

export interface Paper {
  /** Null: nobody looks at it, so nothing is cut. */
  columns: number | null;
  unicode: boolean;
  now: number;
}

const gap = 2;
const narrowest = 8;

/** Rows below heads, as wide as the paper; the widest columns give way first. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], paper: Paper): string[] {
  const cells = rows.map((row) => columns.map((column) => plain(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.head.length, ...cells.map((line) => width(line[index] ?? ''))),
  );
  if (paper.columns !== null) shrink(widths, columns, paper.columns);
  const heads = columns.map(({ head }) => head.toUpperCase());
  return [heads, ...cells].map((line) =>
    line
      .map((cell, index) => {
        const wide = widths[index] ?? 0;
        const text = cut(cell, wide, paper.unicode);
        const space = ' '.repeat(Math.max(0, wide - width(text)));
        if (columns[index]?.right) return space + text;
        return index === columns.length - 1 ? text : text + space;
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Names and values below each other. */
export function pairs(entries: readonly (readonly [string, string | null])[]): string[] {
  const shown = entries.filter((entry): entry is readonly [string, string] => entry[1] !== null);
  const wide = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(wide + gap)}${value}`.trimEnd());
}

function shrink(widths: number[], columns: readonly { whole?: boolean }[], available: number): void {
  const total = () => widths.reduce((sum, wide) => sum + wide, 0) + gap * (widths.length - 1);
  while (total() > available) {
    let widest = -1;
    for (const [index, wide] of widths.entries()) {
      if (columns[index]?.whole || wide <= narrowest) continue;
      if (widest < 0 || wide > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** What a peer named itself must not move the cursor or ring a bell. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

/** JSON in which what a peer named itself moves no cursor either: C1 controls and format characters are written out. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f]|\p{Cf}/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function width(text: string): number {
  let wide = 0;
  for (const character of text) wide += /\p{Mn}/u.test(character) ? 0 : isWide(character) ? 2 : 1;
  return wide;
}

function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
    character,
  );
}

function cut(text: string, wide: number, unicode: boolean): string {
  if (width(text) <= wide) return text;
  const end = unicode ? '…' : '..';
  let kept = '';
  for (const character of text) {
    if (width(kept) + width(character) + end.length > wide) break;
    kept += character;
  }
  return kept + end;
}
