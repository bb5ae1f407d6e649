import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Language, type Node, Parser } from 'web-tree-sitter';
import {
  windowsInterpreter,
  windowsScripts,
} from '../../../../../electron/providers/connections/common/windows-bootstrap.ts';
import { isPlainWord } from '../../../../../electron/providers/connections/common/windows-host.ts';
import { texts } from '../../../../../electron/providers/connections/common/windows-scripts/texts.ts';

const parser = { of: null as Parser | null };
beforeAll(async () => {
  await Parser.init();
  const about = createRequire(import.meta.url).resolve('tree-sitter-powershell/package.json');
  parser.of = new Parser();
  parser.of.setLanguage(
    await Language.load(await readFile(about.replace('package.json', 'tree-sitter-powershell.wasm'))),
  );
});

/** Where the text is no PowerShell. */
function wrongIn(text: string): string[] {
  const found: string[] = [];
  const look = (node: Node) => {
    if (node.isError || node.isMissing)
      found.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);
    for (const child of node.children) if (child !== null && (child.hasError || child.isMissing)) look(child);
  };
  const tree = parser.of?.parse(text);
  if (tree == null) return ['not read'];
  if (tree.rootNode.hasError) look(tree.rootNode);
  return found;
}

/** What Windows PowerShell 5.1 does not have. */
const newer: [what: string, syntax: RegExp][] = [
  ['null-coalescing', /\?\?/],
  ['null-conditional', /[\w)\]}]\?[.[]/],
  ['ternary', /\s\?\s[^|]*\s:\s/],
  ['pipeline chains', /&&|\|\|/],
  ['parallel', /-Parallel\b/i],
  ['hash tables out of JSON', /-AsHashtable\b/i],
  ['answers of ConvertTo-Json as arrays', /-AsArray\b/i],
  ['Utf8NoBOM', /utf8NoBOM/i],
  ['clean blocks', /^\s*clean\s*\{/im],
];

const files = Object.entries(texts);
const whole = Object.entries(windowsScripts);

test('the check sees what is wrong', () => {
  for (const text of ['if ($a) {', 'foo @(1, 2', "'open"]) expect(wrongIn(text), text).not.toEqual([]);
  const samples = [
    '$a ?? 1',
    '$a?.b',
    '$a ? 1 : 2',
    'a && b',
    'x -Parallel {}',
    'x -AsHashtable',
    'x -AsArray',
    'x utf8NoBOM',
    'clean {',
  ];
  for (const [at, [what, syntax]] of newer.entries()) expect(samples[at], what).toMatch(syntax);
});

describe.each([...files, ...whole.map(([name, text]) => [`${name} with what it uses`, text])])(
  '%s',
  (_, text = '') => {
    test('is PowerShell, in ASCII, and nothing that 5.1 lacks', () => {
      expect(wrongIn(text)).toEqual([]);
      expect(text).toMatch(/^[\t\n -~]*$/);
      expect(newer.filter(([, syntax]) => syntax.test(text)).map(([what]) => what)).toEqual([]);
    });
    test('stays below the limits, and evaluates no text', () => {
      expect(text.length).toBeLessThan(12_000);
      expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(180);
      expect(text).not.toMatch(/Invoke-Expression|\biex\b|Add-Type|DownloadString|ConvertTo-SecureString/i);
    });
  },
);

test('their Pester tests are PowerShell too', () => {
  const place = join(import.meta.dirname, '../../../../powershell');
  for (const name of readdirSync(place))
    expect(wrongIn(readFileSync(join(place, name), 'utf8')), name).toEqual([]);
});

test('each script knows what it is given, and every file is used', () => {
  expect(files.map(([name]) => name).sort()).toEqual(
    [...whole.map(([name]) => name), 'bootstrap', 'replacing', 'shared'].sort(),
  );
  for (const [name] of whole) expect(texts[name], name).toMatch(/^# .+->/);
});

test('secrets pass through no cmdlet: scripts take them as bytes, and name no parameter for one', () => {
  for (const [name, text] of files) {
    expect(text, name).not.toMatch(/\$p\.\w*(?:password|secret|passphrase|key)\w*/i);
    expect(text.replace(/^#.*$/gm, ''), name).not.toMatch(/\$(?:content|given)\s*\|/);
  }
});

test('what starts the interpreter is the same each time, fits into a command line, and no interpreter of commands takes any of it for its own', () => {
  expect(windowsInterpreter.every(isPlainWord)).toBe(true);
  expect(windowsInterpreter.join(' ').length).toBeLessThan(8191);
  const [, encoded = ''] = /-EncodedCommand (\S+)$/.exec(windowsInterpreter.join(' ')) ?? [];
  expect(encoded).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(wrongIn(Buffer.from(encoded, 'base64').toString('utf16le'))).toEqual([]);
});
