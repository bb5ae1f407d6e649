import { posix } from 'node:path';
import { type Doctype, type Entity, NotXml, readDoctype } from './xml-doctype.ts';
import { decodeXml, NotText, type XmlSource } from './xml-source.ts';

/** A part of the whole text, and where it comes from. */
interface Piece {
  /** Where it begins in the whole text. */
  at: number;
  length: number;
  /** Null: the replacement text of an internal entity, which has no place of its own. */
  source: XmlSource | null;
  /** Where it begins in its source. */
  from: number;
}

/** A document with its entities put in, as a parser reads it, and the way back to its files. */
export interface Whole {
  text: string;
  pieces: readonly Piece[];
  /** Replacement texts for attribute values, all references resolved. */
  values: ReadonlyMap<string, string>;
  /** Every file that was read, by its path. */
  sources: ReadonlyMap<string, XmlSource>;
  /** How often each file is put in. */
  uses: ReadonlyMap<string, number>;
}

/** No configuration is larger, and a few nested entities could make one of any size. */
const mostCharacters = 16 * 1024 * 1024;
const longestValue = mostCharacters / 16;
const deepest = 20;
const mostReferences = 10_000;

/**
 * Reads a document and the files its entities name: files of the same host, never an address. `read` gives the bytes of a file and rejects
 * as it likes. Throws `NotXml` for what is none, and for entities that lead back to themselves.
 */
export async function readWhole(path: string, read: (path: string) => Promise<Buffer>): Promise<Whole> {
  const main = await sourceOf(path, read);
  const doctype = readDoctype(main.text);
  const expansion = new Expansion(main, doctype, read);
  return expansion.run();
}

async function sourceOf(path: string, read: (path: string) => Promise<Buffer>): Promise<XmlSource> {
  const bytes = await read(path);
  try {
    return decodeXml(path, bytes);
  } catch (error) {
    if (error instanceof NotText) throw new NotXml(`${path}: ${error.message}`);
    throw error;
  }
}

/**
 * What has no references in it: a comment, a section of characters, an instruction (one without an end takes all that follows, which is looked
 * at once), a tag with its quoted values.
 */
const opaque =
  /<!--(?:[\s\S]*?-->|[\s\S]*)|<!\[CDATA\[(?:[\s\S]*?\]\]>|[\s\S]*)|<\?(?:[\s\S]*?\?>|[\s\S]*)|<(?:[^<>"']|"[^"]*"|'[^']*')*>|&([^;\s<>&]+);/g;
const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

class Expansion {
  readonly #main: XmlSource;
  readonly #doctype: Doctype | null;
  readonly #read: (path: string) => Promise<Buffer>;
  readonly #texts: string[] = [];
  readonly #pieces: Piece[] = [];
  readonly #sources = new Map<string, XmlSource>();
  readonly #uses = new Map<string, number>();
  readonly #known = new Map<string, string | null>();
  #length = 0;
  #references = 0;

  constructor(main: XmlSource, doctype: Doctype | null, read: (path: string) => Promise<Buffer>) {
    this.#main = main;
    this.#doctype = doctype;
    this.#read = read;
  }

  async run(): Promise<Whole> {
    this.#note(this.#main);
    const { text } = this.#main;
    const { start, end } = this.#doctype ?? { start: 0, end: 0 };
    this.#add(this.#main, 0, text.slice(0, start));
    await this.#expand(this.#main, text, end, []);
    const whole = this.#texts.join('');
    const values = this.#values();
    refuseLarge(whole, values);
    return {
      text: whole,
      pieces: this.#pieces,
      values,
      sources: this.#sources,
      uses: this.#uses,
    };
  }

  #note(source: XmlSource): void {
    this.#sources.set(source.path, source);
    this.#uses.set(source.path, (this.#uses.get(source.path) ?? 0) + 1);
  }

  #add(source: XmlSource | null, from: number, text: string): void {
    if (text === '') return;
    if (this.#length + text.length > mostCharacters) throw new NotXml('with its entities it is too large');
    this.#pieces.push({ at: this.#length, length: text.length, source, from });
    this.#texts.push(text);
    this.#length += text.length;
  }

  /** `text` from `from` on, with what it refers to between tags put in. `within`: the entities it is in. */
  async #expand(source: XmlSource | null, text: string, from: number, within: string[]): Promise<void> {
    let done = from;
    const found = [...text.slice(from).matchAll(opaque)];
    for (const { 0: whole, 1: name, index } of found) {
      const entity = name === undefined ? undefined : this.#doctype?.entities.get(name);
      if (name === undefined || entity === undefined) continue;
      this.#add(source, done, text.slice(done, from + index));
      await this.#putIn(name, entity, within);
      done = from + index + whole.length;
    }
    this.#add(source, done, text.slice(done));
  }

  async #putIn(name: string, entity: Entity, within: string[]): Promise<void> {
    refuseLoop(name, within);
    this.#references++;
    if (this.#references > mostReferences) throw new NotXml('it refers to entities too often');
    const inside = [...within, name];
    if (entity.kind === 'internal') {
      await this.#expand(null, withCharacters(entity.value), 0, inside);
      return;
    }
    const path = pathOf(entity.systemId, this.#main.path);
    const source = this.#sources.get(path) ?? (await sourceOf(path, this.#read));
    this.#note(source);
    // the declaration of its encoding belongs to the file, not to the document
    const head = /^<\?xml\s[\s\S]*?\?>/.exec(source.text)?.[0].length ?? 0;
    await this.#expand(source, source.text, head, inside);
  }

  #values(): Map<string, string> {
    const values = new Map<string, string>();
    for (const [name, entity] of this.#doctype?.entities ?? [])
      if (entity.kind === 'internal') {
        const value = this.#valueOf(name, entity.value, []);
        if (value !== null) values.set(name, value);
      }
    return values;
  }

  /** Null: it refers to what an attribute cannot hold, so that a value that names it is not XML. */
  #valueOf(name: string, value: string, within: string[]): string | null {
    if (within.includes(name) || within.length > deepest) return null;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#makeValue(name, value, within);
    this.#known.set(name, made);
    return made;
  }

  #makeValue(name: string, value: string, within: string[]): string | null {
    let unreadable = false;
    let length = 0;
    const text = withCharacters(value).replace(/&([^;\s<>&]+);/g, (_whole, inner: string) => {
      const known = predefined[inner] ?? characterOf(inner);
      if (known !== null && known !== undefined) return known;
      const entity = this.#doctype?.entities.get(inner);
      const found =
        entity?.kind === 'internal' ? this.#valueOf(inner, entity.value, [...within, name]) : null;
      length += found?.length ?? 0;
      if (found === null || length > longestValue) unreadable = true;
      return unreadable ? '' : (found ?? '');
    });
    return unreadable || text.length > longestValue ? null : text;
  }
}

/** Attributes may name an entity as often as they like. */
function refuseLarge(text: string, values: ReadonlyMap<string, string>): void {
  let length = text.length;
  if (values.size > 0)
    for (const [, name = ''] of text.matchAll(/&([^;\s<>&]+);/g)) length += values.get(name)?.length ?? 0;
  if (length > mostCharacters) throw new NotXml('with its entities it is too large');
}

function refuseLoop(name: string, within: readonly string[]): void {
  if (within.includes(name)) throw new NotXml(`its entity ${name} leads back to itself`);
  if (within.length >= deepest) throw new NotXml(`its entity ${name} is nested too deep`);
}

/** In the literal of a declaration, references to characters are read when it is declared. */
const withCharacters = (value: string): string =>
  value.replace(/&#([^;\s]+);/g, (whole, code: string) => characterOf(`#${code}`) ?? whole);

function characterOf(reference: string): string | null {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(reference) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : null;
}

/** The file that a system identifier names, below the directory of the document. Throws `NotXml` for an address. */
function pathOf(systemId: string, documentPath: string): string {
  const local = systemId.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '');
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(local))
    throw new NotXml(`it includes ${systemId}, and only files of the same host are read`);
  const path = local === systemId ? systemId : decodedPath(local);
  return posix.resolve(posix.dirname(documentPath), path);
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
