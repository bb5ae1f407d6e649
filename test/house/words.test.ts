import { expect, test } from 'vitest';
import { filesLike, read, sources } from './sources.ts';
import { codeOf } from './syntax.ts';

/** What people read: product strings and every page. Two show other texts: the style page the phrases, that of the mutations code. */
const pages = [
  ...filesLike('*.md'),
  ...filesLike('{docs,shared,electron,renderer,test,scripts,build}/**/*.md'),
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

/** A page without the words a glossary warns of: the last of its three cells. */
const withoutOthers = (page: string): string => page.replace(/^(\| \*\*[^|]*\|[^|]*\|)[^|]*\|$/gm, '$1');

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

test('what is quoted stands between straight marks', () => {
  const curly = sources.filter((file) => /[“”„]/.test(codeOf(file)));
  expect(curly).toEqual([]);
});

test('pages keep to docs/style.md', () => {
  expect(pages.flatMap((page) => found(page, withoutOthers(read(page))))).toEqual([]);
});

test('every row of the glossary has three cells: the word, what it means, what it is not called', () => {
  const rows =
    read('ARCHITECTURE.md')
      .split('\n## 8. ')[1]
      ?.match(/^\|.*\|$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => row.split('|').length !== 5)).toEqual([]);
});
