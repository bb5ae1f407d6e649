/** One word of a line. `start` and `end` are byte offsets into the file, quotes included. */
interface Word {
  /** As Apache understands it: without quotes, escapes resolved. */
  text: string;
  start: number;
  end: number;
}

/** A line as Apache reads it: physical lines that end in a backslash go on with the next one. */
export interface Line {
  /** Numbers of its first and its last physical line, from 1. Apache itself names the last. */
  first: number;
  last: number;
  /** Byte offsets of its beginning, and of the byte after its line feed. */
  start: number;
  end: number;
  /** Joined, without the space around it; empty for a blank line, `#…` for a comment. Latin-1: a character is a byte. */
  text: string;
  /** Byte offset of each character of `text`. */
  at: readonly number[];
}

/** Reads a configuration file by lines, remembering where every byte stands. Never fails: what it is, its reader decides. */
export const linesOf = (content: Buffer): Line[] => [...linesIn(content)];

/** The same, one after the other. */
export function* linesIn(content: Buffer): Generator<Line> {
  const bytes = content.toString('latin1');
  let at = 0;
  for (let number = 1; at < bytes.length; number++) {
    const line = { first: number, last: number, start: at, end: at, text: '', at: [] as number[] };
    let goesOn = true;
    while (goesOn && at < bytes.length) {
      const feed = bytes.indexOf('\n', at);
      const next = feed < 0 ? bytes.length : feed + 1;
      let end = feed < 0 ? bytes.length : feed;
      if (feed >= 0 && bytes[end - 1] === '\r' && end > at) end--;
      goesOn = feed >= 0 && end > at && bytes[end - 1] === '\\';
      if (goesOn) end--;
      for (let i = at; i < end; i++) line.at.push(i);
      line.text += bytes.slice(at, end);
      at = next;
      if (goesOn && at < bytes.length) number++;
    }
    yield trimmed({ ...line, last: number, end: at });
  }
}

function trimmed(line: Line): Line {
  const text = line.text.trimStart();
  const from = line.text.length - text.length;
  const kept = text.trimEnd();
  return { ...line, text: kept, at: line.at.slice(from, from + kept.length) };
}

/** The words of a line, the name of its directive first. A quote counts at the beginning of a word only. */
export function wordsOf({ text, at }: Pick<Line, 'text' | 'at'>): Word[] {
  const words: Word[] = [];
  let i = 0;
  while (i < text.length) {
    if (/\s/.test(text[i] ?? '')) {
      i++;
      continue;
    }
    const start = i;
    const quote = text[i] === '"' || text[i] === "'" ? text[i] : null;
    if (quote !== null) i++;
    let word = '';
    while (i < text.length && (quote === null ? !/\s/.test(text[i] ?? '') : text[i] !== quote)) {
      if (text[i] === '\\' && (text[i + 1] === '\\' || (quote !== null && text[i + 1] === quote))) i++;
      word += text[i] ?? '';
      i++;
    }
    if (quote !== null && i < text.length) i++;
    const last = at[i - 1] ?? 0;
    words.push({ text: utf8(word), start: at[start] ?? 0, end: last + 1 });
  }
  return words;
}

/** Words of text that was not read from a file: nothing is said of where they stand. */
export function textsOf(text: string): string[] {
  if (!/["'\\]/.test(text)) return text.split(/\s+/).filter((word) => word !== '');
  const latin1 = Buffer.from(text).toString('latin1');
  return wordsOf({ text: latin1, at: [] }).map((word) => word.text);
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

/** Writes `text` so that Apache reads it back as exactly that one word. */
export function quoteWord(text: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text)) return text;
  return `"${text.replace(/(["\\])/g, '\\$1')}"`;
}
