import type { Replacement } from '../common/planned-files.ts';
import type { Pair, Reference, Server } from './servers.ts';
import { quoteWord } from './tokens.ts';

/**
 * The smallest change that gives one server block its own certificate and key: the argument of a directive that is
 * the block's own is replaced, what it inherits gets a directive of its own. Null when that cannot be done for this
 * block alone, because the text belongs to other blocks too. `contentOf` gives the bytes of a file: new lines end and begin as
 * its own do.
 */
export function ownFilesEdits(
  server: Server,
  pair: Pair | null,
  paths: { certificate: string; key: string },
  contentOf: (file: string) => Buffer | undefined,
): Replacement[] | null {
  const wanted = [
    { name: 'ssl_certificate', now: pair?.certificate ?? null, path: paths.certificate },
    { name: 'ssl_certificate_key', now: pair?.key ?? null, path: paths.key },
  ];
  const edits: Replacement[] = [];
  const inserted = wanted.filter(({ now }) => now === null || now.inherited);
  // a directive of its own would push out everything that is inherited, not just this pair
  if (inserted.length > 0 && (!server.once || server.pairs.length > 1)) return null;
  for (const { now, path } of wanted) {
    if (now === null || now.inherited) continue;
    const edit = replaceArgument(now, path);
    if (edit === null) return null;
    edits.push(edit);
  }
  if (inserted.length > 0) edits.push(insertDirectives(server, inserted, contentOf(server.directive.file)));
  return edits;
}

function replaceArgument(reference: Reference, path: string): Replacement | null {
  const { directive } = reference;
  const argument = directive.args[0];
  if (!reference.own || argument === undefined) return null;
  return {
    file: directive.file,
    start: argument.start,
    end: argument.end,
    text: quoteWord(path),
    shown: {
      path: directive.file,
      line: argument.line,
      before: `${directive.name} ${quoteWord(argument.text)};`,
      after: `${directive.name} ${quoteWord(path)};`,
    },
  };
}

function insertDirectives(
  server: Server,
  wanted: { name: string; path: string }[],
  content: Buffer = Buffer.alloc(0),
): Replacement {
  const { directive } = server;
  const lines = wanted.map(({ name, path }) => `${name} ${quoteWord(path)};`);
  return {
    file: directive.file,
    start: directive.bodyStart,
    end: directive.bodyStart,
    text: lines.map((line) => `${newLine(content, directive.bodyStart)}${line}`).join(''),
    shown: { path: directive.file, line: directive.line, before: '', after: lines.join(' ') },
  };
}

/** Line break and indentation for a line behind a block's `{`: those of the line that is there, else of the file. */
function newLine(content: Buffer, bodyStart: number): string {
  const text = content.toString('latin1');
  const next = /^[ \t]*(?:#[^\n]*?)?(\r?\n)(?:[ \t]*\r?\n)*([ \t]*)[^}\s]/.exec(text.slice(bodyStart));
  if (next !== null) return `${next[1]}${next[2]}`;
  return `${/\r?\n/.exec(text)?.[0] ?? '\n'}    `;
}
