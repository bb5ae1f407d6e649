import { expect, test } from 'vitest';
import { filesLike, read, sources } from './sources.ts';
import { codeOf } from './syntax.ts';

/** What people read: product strings and the pages for users. Two show other texts: the style page the phrases, that of the mutations code. */
const pages = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesLike('docs/*.md'),
].filter((page) => page !== 'docs/style.md' && page !== 'docs/mutations.md');

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** First column of the table under "Words" in the style page. */
const phrases = [
  ...(read('docs/style.md').split('\n## Words\n')[1] ?? '').split('\n## ')[0]!.matchAll(/^\| ([^|]+) \|/gm),
]
  .map(([, cell = '']) => cell)
  .filter((cell) => cell !== 'not')
  .flatMap((cell) => cell.split(', '));

/** As written, or with a capital: "ID" is right where "id" is not. */
const eitherCase = (text: string): string =>
  text.replace(/^[a-z]/i, (one) => `[${one.toLowerCase()}${one.toUpperCase()}]`);

const banned = new RegExp(
  `(?<![\\w./-])(?:${phrases.map((phrase) => eitherCase(escaped(phrase)).replace(' … ', ' (?:[\\w"-]+ ){1,3}')).join('|')})(?![\\w-])`,
  'g',
);

/** Text that may hold words for people: ids such as 'log-in' are none. */
const wordsOf = (file: string): string =>
  codeOf(file).replace(/'[a-z0-9-]+'|\b[a-zA-Z]+:(?= )/g, (id) => ' '.repeat(id.length));

const found = (file: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(banned)].map(([phrase]) => `${file}:${index + 1}: ${phrase}`),
    );

test('the style page has its table, and what reads it would see a banned phrase', () => {
  expect(phrases.length).toBeGreaterThan(40);
  expect(found('x', "hint: 'The key was not shown yet; it waits for a yes.'")).toEqual([
    'x:1: was not shown yet',
    'x:1: waits for',
    'x:1: a yes',
  ]);
});

test('sentences of the product keep to docs/style.md', () => {
  expect(sources.flatMap((file) => found(file, wordsOf(file)))).toEqual([]);
});

test('pages for users keep to docs/style.md', () => {
  expect(pages.flatMap((page) => found(page, read(page)))).toEqual([]);
});
