import { type Syntax, walk } from './syntax.ts';

/** What a program can say, read from its sources: its texts, and a text made of others by the texts it is made of. */

/** Stands where a text has a value put in. */
export const hole = '\u0001';

/** Every text of a file, as written; a template or a sum of texts with a hole for each value. */
export function textsOf(file: string): string[] {
  const found: string[] = [];
  const seen = new Set<Syntax>();
  walk(file, (node) => {
    if (seen.has(node)) return;
    const text = textOf(node, seen);
    if (text !== null) found.push(text);
  });
  return found;
}

function textOf(node: Syntax, seen: Set<Syntax>): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'JSXText') return String(node.value).trim();
  if (node.type === 'TemplateLiteral')
    return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(hole);
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const sides = [node.left, node.right] as Syntax[];
  const parts = sides.map((side) => textOf(side, seen));
  if (parts.every((part) => part === null)) return null;
  sides.forEach((side, index) => {
    if (parts[index] !== null) seen.add(side);
  });
  return parts.map((part) => part ?? hole).join('');
}

/** A word that is no name, number, path or address. */
const word = /(?<=^|[\s"(])\p{Ll}{2,}(?=[,;:.!?")]*(?:\s|$))/u;

/** How deep a sentence is put together of others. */
const deepest = 3;

/** A text with holes. `bare`: there is no word outside of them. */
interface Template {
  parts: string[];
  bare: boolean;
}

/**
 * Says whether a text can be made of the given ones: it is one of them, or one with values put in. A value is a name or
 * number, or such a text itself, with or without its full stop; where nothing but values stands, each must be a text.
 */
export class Speaker {
  readonly #whole = new Set<string>();
  readonly #templates: Template[] = [];
  readonly #known = new Map<string, boolean>();

  constructor(texts: Iterable<string>) {
    for (const text of new Set(texts)) {
      const fixed = text.replaceAll(hole, '');
      if (fixed === text) this.#whole.add(text);
      else if (fixed !== '')
        this.#templates.push({ parts: text.split(hole), bare: !/\p{L}{2}/u.test(fixed) });
    }
  }

  /** `text` as `textsOf` gives it: what stands in its holes is looked at where it is written. */
  says(text: string): boolean {
    return this.#says(text, deepest);
  }

  #says(text: string, depth: number): boolean {
    if (this.#whole.has(text)) return true;
    if (depth === 0) return false;
    const key = `${depth} ${text}`;
    const known = this.#known.get(key) ?? this.#isMade(text, depth);
    this.#known.set(key, known);
    return known;
  }

  /** Sentences stand beside each other in the outermost text only: else any two words would be a text. */
  #isMade(text: string, depth: number): boolean {
    return this.#templates.some(({ parts, bare }) => {
      if (!holdsInOrder(text, parts)) return false;
      if (bare) return depth === deepest && fits(text, parts, (value) => this.#isSaid(value, 1));
      return fits(text, parts, (value) => isName(value) || this.#isSaid(value, depth - 1));
    });
  }

  #isSaid(value: string, depth: number): boolean {
    return value === hole || this.#says(value, depth) || this.#says(`${value}.`, depth);
  }
}

const isName = (value: string): boolean => !word.test(value);

/** Whether the parts stand in the text one after the other: what most templates do not, and quickly seen. */
function holdsInOrder(text: string, parts: readonly string[]): boolean {
  if (!text.startsWith(parts[0] ?? '') || !text.endsWith(parts.at(-1) ?? '')) return false;
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/**
 * Whether the parts stand in the text in their order, from its beginning to its end, with a value between each two. A part is
 * tried at each place once: a long text of like sentences would else be tried in every way to divide it.
 */
function fits(text: string, parts: readonly string[], isValue: (value: string) => boolean): boolean {
  const last = parts.length - 1;
  const tried = new Map<string, boolean>();
  const begins = (index: number, at: number): boolean => {
    const key = `${index} ${at}`;
    const answer = tried.get(key) ?? goesOn(index, at);
    tried.set(key, answer);
    return answer;
  };
  const goesOn = (index: number, at: number): boolean => {
    const part = parts[index] ?? '';
    if (!text.startsWith(part, at)) return false;
    const end = at + part.length;
    if (index === last) return end === text.length;
    const next = parts[index + 1] ?? '';
    if (index + 1 === last) {
      const ends = text.length - next.length;
      return ends >= end && text.endsWith(next) && isValue(text.slice(end, ends));
    }
    for (let found = text.indexOf(next, end); found >= 0; found = text.indexOf(next, found + 1)) {
      if (isValue(text.slice(end, found)) && begins(index + 1, found)) return true;
      if (found === text.length) break;
    }
    return false;
  };
  return begins(0, 0);
}
