import type { XmlDocument, XmlElement } from './xml.ts';
import { lineAt, type Span, spanOf } from './xml.ts';

/** One replaced stretch of a file, in bytes. */
export interface Splice {
  path: string;
  line: number;
  start: number;
  end: number;
  text: string;
  /** As a person reads it. */
  before: string;
  after: string;
}

/**
 * Gives an attribute another value, or puts it in behind the last one, as the others stand. Null: it cannot be done in one place of one
 * file, because its text comes from an entity or its file is put in more than once.
 */
export function withAttribute(
  document: XmlDocument,
  element: XmlElement,
  name: string,
  value: string,
): Splice | null {
  const present = element.attributes.get(name);
  if (present !== undefined) {
    const { text } = document.whole;
    const quote = text[present.valueEnd] ?? '"';
    const written = escaped(value, quote);
    const before = `${name}=${quote}${text.slice(present.valueStart, present.valueEnd)}${quote}`;
    return spliceAt(document, present.valueStart, present.valueEnd, written, {
      before,
      after: `${name}=${quote}${written}${quote}`,
    });
  }
  const last = [...element.attributes.values()].at(-1);
  const at = last === undefined ? element.nameEnd : last.valueEnd + 1;
  const after = `${name}="${escaped(value, '"')}"`;
  return spliceAt(document, at, at, `${gapBefore(document, last?.start ?? at)}${after}`, {
    before: '',
    after,
  });
}

/**
 * Takes an attribute out with the space before it. `isSecret`: its value is shown to no one. Null as above; undefined: it has none of
 * that name.
 */
export function withoutAttribute(
  document: XmlDocument,
  element: XmlElement,
  name: string,
  isSecret = false,
): Splice | null | undefined {
  const present = element.attributes.get(name);
  if (present === undefined) return undefined;
  const { text } = document.whole;
  const gap = blanksBefore(text, present.start).length;
  const end = present.valueEnd + 1;
  return spliceAt(document, present.start - gap, end, '', {
    before: isSecret ? `${name}="[secret]"` : text.slice(present.start, end),
    after: '',
  });
}

/**
 * Puts a new element in as the first child, on a line of its own, one step further in than its parent. `names`: the element, or an element
 * and the one within it that has the attributes. Null as above.
 */
export function withChild(
  document: XmlDocument,
  parent: XmlElement,
  names: readonly [string] | readonly [string, string],
  attributes: Readonly<Record<string, string>>,
): Splice | null {
  const { text } = document.whole;
  const written = Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value, '"')}"`);
  const [outermost, innermost] = names;
  const element = `<${[innermost ?? outermost, ...written].join(' ')}/>`;
  const child = innermost === undefined ? element : `<${outermost}>${element}</${outermost}>`;
  const outer = indentationAt(text, parent.start);
  const line = lineEndOf(text, parent.start);
  const inner = `${line}${outer}${stepOf(text, parent, outer)}`;
  const shown = { before: '', after: child };
  if (!parent.selfClosing) return spliceAt(document, parent.tagEnd, parent.tagEnd, `${inner}${child}`, shown);
  const slash = text.lastIndexOf('/', parent.tagEnd - 1);
  const gap = blanksBefore(text, slash).length;
  return spliceAt(
    document,
    slash - gap,
    parent.tagEnd,
    `>${inner}${child}${line}${outer}</${parent.name}>`,
    shown,
  );
}

function spliceAt(
  { whole }: XmlDocument,
  start: number,
  end: number,
  text: string,
  shown: Pick<Splice, 'before' | 'after'>,
): Splice | null {
  const span = start === end ? placeBefore(whole, start) : spanOf(whole, start, end);
  const byteAt = span?.source.byteAt ?? null;
  if (span === null || byteAt === null || !span.once) return null;
  return {
    path: span.source.path,
    line: lineAt(span.source, span.start),
    start: byteAt(span.start),
    end: byteAt(span.end),
    text,
    ...shown,
  };
}

/** Where text is put in belongs to the file of what stands before it. */
function placeBefore(whole: XmlDocument['whole'], at: number): Span | null {
  const span = spanOf(whole, at - 1, at);
  return span === null ? null : { ...span, start: span.end };
}

/** For a value between these quotes; what is not ASCII is written by number, which any encoding can hold. */
function escaped(value: string, quote: string): string {
  const inQuotes = quote === "'" ? /[&<']/g : /[&<"]/g;
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', "'": '&apos;' };
  return value
    .replace(inQuotes, (one) => names[one] ?? one)
    .replace(/[^\x20-\x7e]/gu, (one) => `&#${one.codePointAt(0)};`);
}

/** What separates an attribute from the one before it: where they stand on lines of their own, so does a new one. */
function gapBefore({ whole: { text } }: XmlDocument, start: number): string {
  const gap = blanksBefore(text, start);
  return gap.includes('\n') ? gap : ' ';
}

function blanksBefore(text: string, at: number): string {
  const before = text.slice(0, at);
  return before.slice(before.trimEnd().length);
}

function indentationAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** How much further in children stand: as the first one does, else as the element does in its parent, else two blanks. */
function stepOf(text: string, { children, parent, start }: XmlElement, outer: string): string {
  const [first] = children;
  const inner = first === undefined ? null : indentationAt(text, first.start);
  if (inner?.startsWith(outer) && inner.length > outer.length) return inner.slice(outer.length);
  const above = parent === null ? '' : indentationAt(text, parent.start);
  const own = indentationAt(text, start);
  return own.startsWith(above) && own.length > above.length ? own.slice(above.length) : '  ';
}

/** As the line before ends, else as the first line of all does. */
function lineEndOf(text: string, at: number): string {
  return /(\r?\n)[^\n]*$/.exec(text.slice(0, at))?.[1] ?? /\r?\n/.exec(text)?.[0] ?? '\n';
}
