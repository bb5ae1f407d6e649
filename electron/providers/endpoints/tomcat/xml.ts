import { SaxesParser } from 'saxes';
import { NotXml } from './xml-doctype.ts';
import { readWhole, type Whole } from './xml-expand.ts';
import type { XmlSource } from './xml-source.ts';

/** A stretch of one file. */
export interface Span {
  source: XmlSource;
  /** Offsets in the text of the source. */
  start: number;
  end: number;
  /** The file is put into the document once, so that an edit has one effect. */
  once: boolean;
}

interface XmlAttribute {
  name: string;
  /** With its references resolved. */
  value: string;
  /** Offsets in the whole text: of its name, of what is between the quotes. */
  start: number;
  valueStart: number;
  valueEnd: number;
}

export interface XmlElement {
  name: string;
  parent: XmlElement | null;
  children: XmlElement[];
  attributes: ReadonlyMap<string, XmlAttribute>;
  /** Offsets in the whole text: of its `<`, behind its name, and behind the `>` of its start tag. */
  start: number;
  nameEnd: number;
  tagEnd: number;
  selfClosing: boolean;
}

/** A document as a parser sees it, with the place of everything in the file it is in. */
export interface XmlDocument {
  root: XmlElement;
  whole: Whole;
}

/**
 * Reads a document with the files that its entities name. `read` gives the bytes of a file and rejects as it likes. Throws `NotXml`
 * with a part of a sentence: what is wrong, and where.
 */
export async function readXml(path: string, read: (path: string) => Promise<Buffer>): Promise<XmlDocument> {
  const whole = await readWhole(path, read);
  return { root: parse(whole, path), whole };
}

function parse(whole: Whole, path: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: false });
  for (const [name, value] of whole.values) parser.ENTITIES[name] = value;
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let attributes = new Map<string, XmlAttribute>();
  let start = 0;
  parser.on('error', (error) => {
    throw new NotXml(`${placeOf(whole, parser.position, path)}: ${reasonOf(error)}`);
  });
  parser.on('opentagstart', () => {
    start = whole.text.lastIndexOf('<', parser.position - 1);
    attributes = new Map();
  });
  parser.on('attribute', ({ name, value }) => {
    attributes.set(name, attributeAt(whole.text, parser.position, name, value));
  });
  parser.on('opentag', ({ name, isSelfClosing }) => {
    const parent = open.at(-1) ?? null;
    const places = { start, nameEnd: start + 1 + name.length, tagEnd: parser.position };
    const element = { name, parent, children: [], attributes, ...places, selfClosing: isSelfClosing };
    parent?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(whole.text).close();
  if (root === null) throw new NotXml(`${path} has no element`);
  return root;
}

/** The parser tells of an attribute when it has read its closing quote. */
function attributeAt(text: string, position: number, name: string, value: string): XmlAttribute {
  const valueEnd = position - 1;
  const valueStart = text.lastIndexOf(text[valueEnd] ?? '"', valueEnd - 1) + 1;
  const start = text.lastIndexOf(name, valueStart - 1);
  return { name, value, start, valueStart, valueEnd };
}

const reasonOf = ({ message }: Error): string => message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');

/** `/opt/tomcat/conf/server.xml line 12` */
function placeOf(whole: Whole, at: number, path: string): string {
  const span = spanOf(whole, Math.max(0, at - 1), Math.max(0, at - 1));
  return span === null ? path : `${span.source.path} line ${lineAt(span.source, span.start)}`;
}

/** Where a stretch of the whole text is; null: in no one file. */
export function spanOf({ pieces, uses }: Whole, start: number, end: number): Span | null {
  const piece = pieces.findLast((one) => one.at <= start);
  if (piece === undefined || piece.source === null || end > piece.at + piece.length) return null;
  const { source, from, at } = piece;
  return { source, start: from + start - at, end: from + end - at, once: uses.get(source.path) === 1 };
}

/** From 1. */
export function lineAt({ text }: XmlSource, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}

/** Every element of this name that is a child of `element`. */
export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);
