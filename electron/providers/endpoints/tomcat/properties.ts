/** Text of a Java properties file (`java.util.Properties`): names and values, the last of a name counts. Never throws. */
export function readProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, name = '', value = ''] =
      /^((?:\\[\s\S]|[^\\\s:=])*)(?:\s*[:=]\s*|\s+|$)([\s\S]*)$/.exec(line) ?? [];
    properties.set(unescaped(name), unescaped(value));
  }
  return properties;
}

/** Without comments; lines that end in an odd number of backslashes are joined with the next one. */
function* logicalLines(text: string): Generator<string> {
  let open: string | null = null;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line: string = open === null ? natural.trimStart() : open + natural.trimStart();
    if (open === null && (line === '' || /^[#!]/.test(line))) continue;
    const slashes = /\\*$/.exec(line)?.[0].length ?? 0;
    if (slashes % 2 === 1) {
      open = line.slice(0, -1);
      continue;
    }
    open = null;
    yield line;
  }
  if (open !== null) yield open;
}

const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-fA-F]{4})|\\([\s\S])/g, (_whole, code: string | undefined, one: string) =>
    code === undefined ? (named[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  );

/** What a placeholder stands for; undefined: it is not known here. */
type PropertyOf = (name: string) => string | undefined;

/** An attribute of the configuration, read. */
export interface Resolved {
  /** With its placeholders resolved; null: one of them cannot be. */
  text: string | null;
  /** The first name that is not known. */
  unknown: string | null;
}

const placeholder = /\$\{([^{}]*)\}/;
/** As Tomcat: what a property holds may have placeholders too. */
const mostRounds = 20;

/** Resolves `${name}` and `${name:-default}`, as the digester of Tomcat does. A name that nothing knows makes it null. */
export function resolved(value: string, propertyOf: PropertyOf): Resolved {
  let text = value;
  for (let round = 0; round < mostRounds; round++) {
    const found = placeholder.exec(text);
    if (found === null) return { text, unknown: null };
    const [whole, inside = ''] = found;
    const split = inside.indexOf(':-');
    const known =
      propertyOf(inside) ??
      (split < 0 ? undefined : (propertyOf(inside.slice(0, split)) ?? inside.slice(split + 2)));
    if (known === undefined) return { text: null, unknown: inside };
    text = text.slice(0, found.index) + known + text.slice(found.index + whole.length);
  }
  return { text: null, unknown: placeholder.exec(text)?.[1] ?? null };
}
