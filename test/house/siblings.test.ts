import { expect, test } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { channelCatalog } from '#shared/catalog/channels/index.ts';
import { announced } from '#shared/catalog/connections/announced.ts';
import { connectionCatalog } from '#shared/catalog/connections/index.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { withoutEntry } from '../../scripts/new/family.ts';
import { inside, read, sources } from './sources.ts';
import { type Written, writtenIn } from './written.ts';

/** The families, with the ids of their siblings. */
const families: Readonly<Record<string, readonly string[]>> = {
  endpoints: Object.keys(endpointCatalog),
  connections: Object.keys(connectionCatalog),
  authorities: Object.keys(authorityCatalog),
  'credential-stores': Object.keys(credentialStoreCatalog),
  channels: Object.keys(channelCatalog),
};

/** What names a sibling outside its own files all the same, and why. */
const exceptions: readonly { file: string; names: RegExp; because: string }[] = [
  {
    file: 'shared/model/plan-first-form.ts',
    names: /^(nginx|pem): (nginx|pem|nginx version|nginx program)$/,
    because: 'reads plans as the first versions wrote them; those had these two, and never get another',
  },
  {
    file: 'shared/failure-codes/',
    names: /^(\w+): \1\.[a-z0-9-]+$/,
    because:
      'the one list of codes has those of every sibling; who decides by one takes it from a definition',
  },
  {
    file: 'electron/',
    names: /^pem: (pem(\.unreadable)?|.*\/pem\.ts)$/,
    because: "a format of keys and certificates, the word of Node's crypto for it, and what reads it",
  },
  { file: 'shared/contract/authorities.ts', names: /^pem: pem$/, because: 'the same format' },
  { file: 'electron/cli/words.ts', names: /^pem: pem: the certificate/, because: 'the same format' },
  { file: 'shared/contract/certificates.ts', names: /^pem: pem$/, because: 'the same format' },
  {
    file: 'electron/cli/examples.ts',
    names: /^p12: certificates export .*\.p12 /,
    because: 'a file of that format, and its ending',
  },
  {
    file: 'electron/',
    names: /^jks: jks$/,
    because: 'a format of key stores, as what reads them calls it',
  },
  {
    file: 'renderer/text/en/authorities.ts',
    names: /^acme: .*\bacme\.sh\b/,
    because: 'the name of another program',
  },
  {
    file: 'shared/contract/authorities.ts',
    names: /^acme: .*\bacme\.sh\b/,
    because: 'the name of another program',
  },
  {
    file: 'renderer/',
    names: /^pem: (pem|(-root)?\.pem)$/,
    because: 'a file of that format, and its ending',
  },
  {
    file: 'electron/',
    names: /^local: <local>$/,
    because: 'how lists of exceptions from a proxy write names without a dot',
  },
  {
    file: 'electron/compose.ts',
    names: /^ssh: \.\/providers\/connections\/ssh\/key-facts\.ts$/,
    because: 'a key kept in a credential store is read by the same code that logs in with it',
  },
  {
    file: 'electron/providers/credential-stores/delinea-secret-server/fields.ts',
    names: /^ssh: \^\(private/,
    because: 'how people call the field of an SSH key there',
  },
  {
    file: 'electron/compose/stores.ts',
    names: /^local: local$/,
    because: 'what it gives to the table of adapters, beside what is given to the others',
  },
  {
    file: 'electron/providers/endpoints/common/certificate-managers.ts',
    names: /^(acme: .*\bacme\.sh\b|pem: \^.*\bpem\)?\$$)/,
    because: 'the name of another program, and how files of other programs end',
  },
  {
    file: 'electron/providers/endpoints/common/copies.ts',
    names: /^(acme: .*\.?acme\.sh|pem: .*\*\.pem)/s,
    because: 'where other programs keep their files, and how those end',
  },
  {
    file: 'electron/providers/endpoints/tomcat/',
    names: /^apache: .*(org[/.[\]]+apache\b|Apache Tomcat)/s,
    because: 'the foundation that makes both servers, in names of classes and of the product',
  },
  {
    file: 'electron/providers/connections/winrm/answer.ts',
    names: /^local: local$/,
    because: 'how a reader of XML calls a name without its prefix',
  },
  { file: 'electron/kit/paths.ts', names: /^local: \.local$/, because: 'a folder of the XDG specification' },
];

/** The definition and the adapter of a sibling, what belongs to it alone, and the tables of the family. */
function isHome(file: string, family: string, id: string): boolean {
  const definitions = `shared/catalog/${family}`;
  const adapters = `electron/providers/${family}`;
  return (
    [`${definitions}/index.ts`, `${adapters}/registry.ts`, `${definitions}/${id}.ts`].includes(file) ||
    file.startsWith(`${definitions}/${id}-`) ||
    inside(file, `${adapters}/${id}`)
  );
}

/** Words of English too: they name a sibling only where nothing else is said, or as a command line writes them. */
const english = ['local', 'rest', 'email', 'webhook'];

/** Names that programs give to what is left of a list: as a key they say nothing about a sibling. */
const ofPrograms = ['rest'];

/** By the id as a word, whoever writes it: a text, a template, a pattern, a key; or by importing what is in its folder. */
function naming(all: readonly Written[], family: string, id: string): string[] {
  const word = english.includes(id)
    ? new RegExp(`^[^\\w]*${id}[^\\w]*$|\\badd ${id}\\b|(?<![\\w-])${id}: `)
    : new RegExp(`(?<![\\w-])${id}(?![\\w-])`);
  return all
    .filter(({ as }) => as !== 'key' || !ofPrograms.includes(id))
    .filter(({ text, as }) =>
      as === 'path' ? text.includes(`/${id}`) && isIn(text, family, id) : word.test(text),
    )
    .map(({ text }) => `${id}: ${text}`);
}

const isIn = (path: string, family: string, id: string): boolean =>
  path.includes(`providers/${family}/${id}/`);

const written = new Map(sources.map((file) => [file, writtenIn(file)]));
const textsOf = (file: string): readonly Written[] => written.get(file) ?? [];

test('the id of a sibling stands in its own files and in the tables of its family, and nowhere else', () => {
  const found = Object.entries(families).flatMap(([family, ids]) =>
    ids.flatMap((id) =>
      sources
        .filter((file) => !isHome(file, family, id) && !isHomeOfNamesake(file, id))
        .flatMap((file) => naming(textsOf(file), family, id).map((name) => ({ file, name }))),
    ),
  );
  const excused = (one: (typeof found)[number]) =>
    exceptions.some(({ file, names }) => one.file.startsWith(file) && names.test(one.name));
  expect(found.filter((one) => !excused(one))).toEqual([]);
  for (const { file, names } of exceptions)
    expect(
      found.some((one) => one.file.startsWith(file) && names.test(one.name)),
      `${file} is excused for nothing`,
    ).toBe(true);
});

/** `local` is an authority, a connection and a store. */
function isHomeOfNamesake(file: string, id: string): boolean {
  return Object.entries(families).some(([family, ids]) => ids.includes(id) && isHome(file, family, id));
}

test.each([
  ['a text', 'a.ts', "say('trustkeep tls add nginx --name NAME')"],
  ['a template', 'a.ts', 'say(`add nginx`)'],
  ['the text of a page', 'a.tsx', 'const a = <p>An nginx server</p>'],
  ['an attribute', 'a.tsx', 'const a = <p title="nginx" />'],
  ['a pattern', 'a.ts', '/^nginx$/.test(type)'],
  ['a key', 'a.ts', 'const words = { nginx: 1 }'],
  ['a key of a type', 'a.ts', 'interface A { nginx: string }'],
  ['a quoted key', 'a.ts', "const words = { 'nginx': 1 }"],
  ['the code of a failure', 'a.ts', "is(code, 'nginx.test-failed')"],
  ['a text behind another that holds slashes', 'a.ts', "say('https://a', 'nginx')"],
  ['an import', 'a.ts', "import { a } from '../providers/endpoints/nginx/parse.ts'"],
])('sees a sibling named by %s', (_name, file, source) => {
  expect(naming(writtenIn(file, source), 'endpoints', 'nginx')).toHaveLength(1);
});

test('sees no sibling in a comment, in another word, nor in a path that only begins alike', () => {
  const source = "// nginx\n/* 'nginx' */ import { a } from './nginx-like.ts'; say('nginxes', 'my-nginx', a)";
  expect(naming(writtenIn('a.ts', source), 'endpoints', 'nginx')).toEqual([]);
});

test('a word that is English too names a sibling alone, as a key and in a command line', () => {
  const named = (source: string) => naming(writtenIn('a.ts', source), 'connections', 'local').length;
  expect(
    ["'local'", '/^local$/', 'a = { local: 1 }', "'credstore add local'", '`local: its ID`'].map(named),
  ).toEqual([1, 1, 1, 1, 1]);
  expect(["'a local socket'", "'/usr/local/bin'"].map(named)).toEqual([0, 0]);
});

test('a word that programs use too names a sibling as a text, and never as a key', () => {
  const named = (source: string) => naming(writtenIn('a.ts', source), 'connections', 'rest').length;
  expect(["'rest'", "'tls add rest --name NAME'", '`rest: its ID`'].map(named)).toEqual([1, 1, 1]);
  expect(['a = { rest: 1 }', 'class A { #rest = 1 }', "'the rest of it'"].map(named)).toEqual([0, 0, 0]);
});

test('a connection type that was announced can be added under its name: no other file has it', () => {
  const list = 'shared/catalog/connections/announced.ts';
  const elsewhere = announced.flatMap(({ id }) =>
    sources
      .filter((file) => file !== list)
      .flatMap((file) => naming(textsOf(file), 'connections', id).map((name) => ({ file, name }))),
  );
  expect(elsewhere).toEqual([]);
  for (const { id } of announced) {
    const left = naming(writtenIn(list, withoutEntry(read(list), id)), 'connections', id);
    expect(left, `${id} leaves the list`).toEqual([]);
  }
});
