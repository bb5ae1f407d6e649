import type { Replacement } from '../common/planned-files.ts';
import type { Directive } from './dump.ts';
import { isText, type Reference } from './levels.ts';
import { type Line, linesOf, quoteWord, wordsOf } from './lines.ts';
import type { Pair, VirtualHost } from './vhosts.ts';

/** Bytes of a configuration file by the name that Apache gives it; undefined: they are not known. */
type ContentOf = (file: string) => Buffer | undefined;

/**
 * The smallest change that gives one virtual host its own certificate and key: the word of a directive that is the host's own
 * is replaced, and what it inherits or has not got is put in as a line behind its first one. Null when that cannot be done for this
 * host alone, because the text belongs to others too, or is not what Apache read.
 */
export function ownFilesEdits(
  host: VirtualHost,
  pair: Pair | null,
  paths: { certificate: string; key: string },
  contentOf: ContentOf,
): Replacement[] | null {
  const named = [
    { name: 'SSLCertificateFile', now: pair?.certificate ?? null, path: paths.certificate },
    // taken from the certificate file until now: it is given a line of its own
    {
      name: 'SSLCertificateKeyFile',
      now: pair === null || pair.key === pair.certificate ? null : pair.key,
      path: paths.key,
    },
  ];
  const inserted = named.filter(({ now }) => now === null || (now.inherited && !now.own));
  // a line of its own takes the first place, whatever kind of key is there
  if (inserted.length > 0 && (host.directive === null || !host.once || host.pairs.length > 1)) return null;
  const edits: Replacement[] = [];
  for (const { now, path } of named) {
    if (now === null || (now.inherited && !now.own)) continue;
    const edit = now.own ? replaceWord(now.directive, path, contentOf) : null;
    if (edit === null) return null;
    edits.push(edit);
  }
  if (inserted.length === 0 || host.directive === null) return edits;
  const insertion = insertLines(host.directive, inserted, contentOf);
  return insertion === null ? null : [...edits, insertion];
}

/** The line of a chain file goes, with its line feed. Null when it is not what Apache read. */
export function withoutLine({ directive }: Reference, contentOf: ContentOf): Replacement | null {
  const line = lineOf(directive, contentOf);
  if (line === null) return null;
  return {
    ...{ file: directive.file, start: line.start, end: line.end, text: '' },
    shown: { path: directive.file, line: line.first, before: utf8(line.text), after: '' },
  };
}

function replaceWord(directive: Directive, path: string, contentOf: ContentOf): Replacement | null {
  const line = lineOf(directive, contentOf);
  const [name, word] = line === null ? [] : wordsOf(line);
  if (line === null || name === undefined || word === undefined) return null;
  const written = contentOf(directive.file)?.subarray(name.start, name.end).toString('utf8') ?? '';
  return {
    ...{ file: directive.file, start: word.start, end: word.end, text: quoteWord(path) },
    shown: {
      path: directive.file,
      line: line.first,
      before: utf8(line.text),
      after: `${written} ${quoteWord(path)}`,
    },
  };
}

function insertLines(
  directive: Directive,
  wanted: readonly { name: string; path: string }[],
  contentOf: ContentOf,
): Replacement | null {
  const content = contentOf(directive.file);
  const line = lineOf(directive, contentOf);
  if (content === undefined || line === null) return null;
  const bytes = content.toString('latin1');
  const next = /^[ \t]*(?=[^\s<])/.exec(bytes.slice(line.end));
  const indent = next?.[0] || '    ';
  const ends = /\r?\n/.exec(bytes.slice(line.start))?.[0] ?? '\n';
  const lines = wanted.map(({ name, path }) => `${name} ${quoteWord(path)}`);
  return {
    ...{ file: directive.file, start: line.end, end: line.end },
    text: lines.map((one) => `${indent}${one}${ends}`).join(''),
    shown: { path: directive.file, line: line.first, before: '', after: lines.join(' ') },
  };
}

const known = new WeakMap<Buffer, Map<number, Line>>();

/** Where a directive stands: Apache names the last physical line of it. Null when another one stands there. */
function lineOf({ name, block, file, line, ...directive }: Directive, contentOf: ContentOf): Line | null {
  const content = contentOf(file);
  if (content === undefined || !isText({ name, block, file, line, ...directive })) return null;
  const lines = known.get(content) ?? new Map(linesOf(content).map((one) => [one.last, one]));
  known.set(content, lines);
  const found = lines.get(line);
  const [first] = found === undefined ? [] : wordsOf(found);
  const wanted = block === null ? name : `<${name}`;
  return first?.text.toLowerCase() === wanted && found !== undefined ? found : null;
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
