import { expect, test } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { connectionCatalog } from '#shared/catalog/connections/index.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { inside, read, sources } from './sources.ts';

/** The families, with the ids of their siblings. */
const families: Readonly<Record<string, readonly string[]>> = {
  endpoints: Object.keys(endpointCatalog),
  connections: Object.keys(connectionCatalog),
  authorities: Object.keys(authorityCatalog),
  'credential-stores': Object.keys(credentialStoreCatalog),
};

/** What names a sibling outside its own files all the same, and why. */
const exceptions: readonly { file: string; names: RegExp; because: string }[] = [
  {
    file: 'shared/model/plan-first-form.ts',
    names: /^'(nginx|pem)'$/,
    because: 'reads plans as the first versions wrote them; those had these two, and never get another',
  },
  {
    file: 'electron/',
    names: /^format: 'pem'$/,
    because: "the word of Node's crypto for the encoding of a key",
  },
  {
    file: 'electron/compose.ts',
    names: /^providers\/connections\/ssh\/$/,
    because: 'a key kept in a credential store is read by the same code that logs in with it',
  },
];

/** Comments may name whom they like. */
const code = (file: string): string =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1');

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

/** As a literal, as a member of a table, or by importing what is in its folder. */
function naming(text: string, family: string, id: string): string[] {
  const literal = new RegExp(`(?:format: )?(['"\`])${id}\\1`, 'g');
  const folder = new RegExp(`providers/${family}/${id}/`, 'g');
  return [...text.matchAll(literal), ...text.matchAll(folder)].map(([found]) => found);
}

test('the id of a sibling stands in its own files and in the tables of its family, and nowhere else', () => {
  const found = Object.entries(families).flatMap(([family, ids]) =>
    ids.flatMap((id) =>
      sources
        .filter((file) => !isHome(file, family, id) && !isHomeOfNamesake(file, id))
        .flatMap((file) => naming(code(file), family, id).map((name) => ({ file, name }))),
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
