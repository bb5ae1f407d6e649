/** One general entity, as the document type declares it. */
export type Entity =
  /** Its replacement text, before what it refers to is put in. */
  | { kind: 'internal'; value: string }
  /** Another file, by its system identifier. */
  | { kind: 'external'; systemId: string };

export interface Doctype {
  /** Where it begins and ends in the text. */
  start: number;
  end: number;
  entities: ReadonlyMap<string, Entity>;
}

/** Why a text is not XML. */
export class NotXml extends Error {}

const name = String.raw`[\p{L}_:][\p{L}\p{N}\p{M}._:·-]*`;
const literal = `"[^"]*"|'[^']*'`;
const blank = /\s+/y;
const comment = /<!--[\s\S]*?-->/y;
const instruction = /<\?[\s\S]*?\?>/y;
const reference = new RegExp(`%${name};`, 'uy');
const doctypeHead = new RegExp(
  String.raw`<!DOCTYPE\s+${name}(?:\s+(?:SYSTEM\s+(?:${literal})|PUBLIC\s+(?:${literal})\s+(?:${literal})))?\s*`,
  'uy',
);
const general = new RegExp(
  String.raw`<!ENTITY\s+(${name})\s+(?:(${literal})|(?:SYSTEM|PUBLIC\s+(?:${literal}))\s+(${literal})(\s+NDATA\s+${name})?)\s*>`,
  'uy',
);
/** Any other declaration, with literals in which a `>` means nothing. */
const declaration = /<!(?:[^>"']|"[^"]*"|'[^']*')*>/y;

/** The document type of a document; null: it has none. The first declaration of a name counts. Throws `NotXml`. */
export function readDoctype(text: string): Doctype | null {
  const start = skip(text, 0, [blank, comment, instruction]);
  if (!text.startsWith('<!DOCTYPE', start)) return null;
  let at = ends(doctypeHead, text, start);
  if (at === null) throw new NotXml('its document type cannot be read');
  const entities = new Map<string, Entity>();
  if (text[at] === '[') at = readSubset(text, at + 1, entities);
  at = skip(text, at, [blank]);
  if (text[at] !== '>') throw new NotXml('its document type has no end');
  return { start, end: at + 1, entities };
}

/** Gives where the internal subset has ended. */
function readSubset(text: string, from: number, entities: Map<string, Entity>): number {
  for (let at = from; ; ) {
    at = skip(text, at, [blank, comment, instruction, reference]);
    if (text[at] === ']') return at + 1;
    general.lastIndex = at;
    const found = general.exec(text);
    const end = found === null ? ends(declaration, text, at) : general.lastIndex;
    if (end === null) throw new NotXml('the entities it declares cannot be read');
    const [, named, value, systemId, notParsed] = found ?? [];
    if (named !== undefined && notParsed === undefined && !entities.has(named))
      entities.set(
        named,
        systemId === undefined
          ? { kind: 'internal', value: bare(value) }
          : { kind: 'external', systemId: bare(systemId) },
      );
    at = end;
  }
}

const bare = (quoted = '""'): string => quoted.slice(1, -1);

/** Where the match that begins here ends; null: there is none. */
function ends(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function skip(text: string, from: number, patterns: readonly RegExp[]): number {
  for (let at = from; ; ) {
    const next = patterns.map((pattern) => ends(pattern, text, at)).find((end) => end !== null && end > at);
    if (next === undefined || next === null) return at;
    at = next;
  }
}
