import { atOnce } from '#kit/in-slices.ts';
import { Failure } from '#shared/failure.ts';

/** One word of a directive. `start` and `end` are byte offsets into the file, quotes included. */
export interface Word {
  /** As nginx understands it: without quotes, escapes resolved. */
  text: string;
  start: number;
  end: number;
  line: number;
}

export interface Directive {
  name: string;
  args: Word[];
  file: string;
  line: number;
  /** Byte offset of the name, and of the byte after the closing `;` or `}`. */
  start: number;
  end: number;
  /** Null when it is not a block. */
  block: Directive[] | null;
  /** Byte offset just after the block's `{`; -1 when it is not a block. */
  bodyStart: number;
}

/**
 * Blocks of values, which may have hundreds of thousands of lines: nothing in them is looked for but what they include.
 */
export const holdsValues = new Set(['geo', 'map', 'types', 'split_clients', 'charset_map', 'upstream']);
/** Lists of addresses and of redirects are as long, and stand beside what is looked for. */
const listed = new Set(['deny', 'allow', 'set_real_ip_from', 'rewrite']);
/** The same in the plainest words, as they nearly always are: many times quicker than word by word. */
const plainly = {
  values: /[ \t\r\n]*(?!include[ \t\r\n])[^ \t\r\n;{}"'#\\$]+(?:[ \t\r\n]+[^ \t\r\n;{}"'#\\$]+)*[ \t\r\n]*;/y,
  listed: /[ \t\r\n]*(?:deny|allow|set_real_ip_from)[ \t\r\n]+[^ \t\r\n;{}"'#\\$]+[ \t\r\n]*;/y,
};

/** As `readingFile`, at once. */
export const parseFile = (...given: Parameters<typeof readingFile>): Directive[] =>
  atOnce(readingFile(...given));

/**
 * Reads one configuration file the way nginx's own lexer does, remembering where every word stands. The bytes are
 * taken as Latin-1, so that a character is a byte and offsets are exact whatever the file's encoding. Of values, here where
 * the whole file is part of such a block, only `include` is told, and what is listed is passed over.
 * Rejects with `endpoint.configuration-invalid`, though nginx has accepted the file before we read it. In steps, which may be many.
 */
export function readingFile(
  file: string,
  content: Buffer,
  values = false,
): Generator<undefined, Directive[]> {
  const reader = new Reader(file, content.toString('latin1'));
  return reader.directives(false, values);
}

/** More than any configuration that was written for a purpose: what comes from an endpoint may be written to hurt. */
const limits = { depth: 100, words: 500_000 };

const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';
const endsWord = (c: string | undefined): boolean => isSpace(c) || c === ';' || c === '{';

class Reader {
  readonly #file: string;
  readonly #text: string;
  #at = 0;
  #line = 1;
  #depth = 0;
  #words = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  *directives(inBlock: boolean, values: boolean): Generator<undefined, Directive[]> {
    const found: Directive[] = [];
    for (;;) {
      yield* this.#skipPlain(values ? plainly.values : plainly.listed);
      this.#skipBlank();
      const c = this.#text[this.#at];
      if (c === undefined) {
        if (inBlock) throw this.#bad('a closing "}" is missing');
        return found;
      }
      if (c === '}') {
        if (!inBlock) throw this.#bad('there is an extra "}"');
        this.#step();
        return found;
      }
      yield;
      const directive = yield* this.#directive();
      const wanted = values ? directive.name === 'include' : !listed.has(directive.name);
      if (!wanted) continue;
      found.push(directive);
      this.#words += directive.args.length + 1;
      if (this.#words > limits.words) throw this.#bad('it is too large');
    }
  }

  *#skipPlain(directive: RegExp): Generator<undefined, void> {
    const from = this.#at;
    // another file may be read with the same expression between two steps
    for (directive.lastIndex = from; directive.test(this.#text); directive.lastIndex = this.#at) {
      this.#at = directive.lastIndex;
      yield;
    }
    if (this.#at > from) this.#line += this.#text.slice(from, this.#at).split('\n').length - 1;
  }

  *#directive(): Generator<undefined, Directive> {
    const words: Word[] = [];
    for (;;) {
      this.#skipBlank();
      const c = this.#text[this.#at];
      if (c === undefined) throw this.#bad('a ";" is missing at the end');
      if (c === '}') throw this.#bad('there is a "}" where a ";" is missing');
      if (c === ';' || c === '{') return yield* this.#finish(words, c);
      words.push(this.#word());
    }
  }

  *#finish(words: Word[], by: ';' | '{'): Generator<undefined, Directive> {
    const [name, ...args] = words;
    if (name === undefined) throw this.#bad(`there is a "${by}" without a directive before it`);
    this.#step();
    const bodyStart = by === '{' ? this.#at : -1;
    let block: Directive[] | null = null;
    if (by === '{') {
      if (name.text.endsWith('_by_lua_block')) {
        block = [];
        this.#skipLua();
      } else {
        if (++this.#depth > limits.depth) throw this.#bad('its blocks are nested too deeply');
        block = yield* this.directives(true, holdsValues.has(name.text));
        this.#depth--;
      }
    }
    const { start, line } = name;
    return { name: name.text, args, file: this.#file, line, start, end: this.#at, block, bodyStart };
  }

  #word(): Word {
    const start = this.#at;
    const line = this.#line;
    const quote = this.#text[start] === '"' || this.#text[start] === "'" ? this.#text[start] : null;
    if (quote !== null) this.#step();
    let variable = false;
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw this.#bad('the file ends inside a word');
      if (c === '{' && variable) {
        variable = false;
        this.#step();
        continue;
      }
      if (quote === null ? endsWord(c) : c === quote) break;
      variable = c === '$';
      this.#step();
      if (c === '\\') this.#step();
    }
    const inner = this.#text.slice(quote === null ? start : start + 1, this.#at);
    if (quote !== null) this.#step();
    return { text: unescaped(inner), start, end: this.#at, line };
  }

  #skipBlank(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (isSpace(c)) this.#step();
      else if (c === '#') while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#step();
      else return;
    }
  }

  /** Passes over Lua code up to and with the `}` that closes it: strings, long brackets and comments may hold braces. */
  #skipLua(): void {
    for (let depth = 1; depth > 0; ) {
      const rest = this.#text.slice(this.#at, this.#at + 64);
      const passed = /^(--)?\[(=*)\[/.exec(rest);
      if (rest === '') throw this.#bad('a Lua block is not closed');
      if (passed) this.#skipPast(`]${passed[2] ?? ''}]`);
      else if (rest.startsWith('--')) this.#skipPast('\n');
      else if (rest[0] === '"' || rest[0] === "'") this.#skipLuaString(rest[0]);
      else {
        if (rest[0] === '{') depth++;
        if (rest[0] === '}') depth--;
        this.#step();
      }
    }
  }

  #skipLuaString(quote: string): void {
    this.#step();
    for (let c = this.#text[this.#at]; c !== quote; c = this.#text[this.#at]) {
      if (c === undefined) throw this.#bad('a string in a Lua block is not closed');
      if (c === '\\') this.#step();
      this.#step();
    }
    this.#step();
  }

  #skipPast(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    const to = found < 0 ? this.#text.length : found + end.length;
    while (this.#at < to) this.#step();
  }

  #step(): void {
    if (this.#text[this.#at] === '\n') this.#line++;
    this.#at++;
  }

  #bad(what: string): Failure {
    return new Failure(
      'endpoint.configuration-invalid',
      `The nginx configuration could not be read: ${what} (${this.#file}:${this.#line}).`,
      { hint: 'Run nginx -t on the endpoint and fix what it reports.' },
    );
  }
}

const escapes: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** nginx resolves these escapes in every word; a backslash before anything else stays. Gives proper Unicode text. */
function unescaped(latin1: string): string {
  const plain = latin1.replace(/\\(["'\\trn])/g, (_all, c: string) => escapes[c] ?? c);
  return Buffer.from(plain, 'latin1').toString('utf8');
}

/** Writes `text` so that nginx reads it back as exactly that one word. */
export function quoteWord(text: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text)) return text;
  return `"${text.replace(/(["\\])/g, '\\$1')}"`;
}
