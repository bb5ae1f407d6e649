/**
 * `npm run new endpoint|connection|store|authority NAME`: makes a provider that compiles, does the least real thing and passes the
 * conformance suite, in a folder of its own, and puts it into the table of each side. NAME is its id: small letters,
 * digits and dashes. Refuses a name that is taken.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { authorityFiles } from './new/authority.ts';
import { connectionFiles } from './new/connection.ts';
import { endpointFiles } from './new/endpoint.ts';
import { type Family, inTable, namesOf } from './new/family.ts';
import { storeFiles } from './new/store.ts';
import { root, withOwnPrograms } from './own-programs.ts';

const families: Record<string, Family> = {
  endpoint: { folder: 'endpoints', files: endpointFiles },
  connection: { folder: 'connections', files: connectionFiles },
  store: { folder: 'credential-stores', files: storeFiles },
  authority: { folder: 'authorities', files: authorityFiles },
};

const [what = '', name = ''] = process.argv.slice(2);
const family = families[what];
if (family === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  throw new Error(
    `npm run new ${Object.keys(families).join('|')} NAME, the name in small letters and dashes.`,
  );
}
const { folder, files } = family;
const names = namesOf(name);
const definition = `shared/catalog/${folder}/${name}.ts`;
if (existsSync(join(root, definition))) throw new Error(`There is already a ${what} ${name}: ${definition}`);

const made = {
  [definition]: files.definition(names),
  [`electron/providers/${folder}/${name}/${name}.ts`]: files.adapter(names),
  [`electron/providers/${folder}/${name}/provider.ts`]: files.provider(names),
  [`test/conformance/${folder}/${name}.ts`]: files.shape(names),
};
for (const [path, content] of Object.entries(made)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
const tables: [path: string, from: string][] = [
  [`shared/catalog/${folder}/index.ts`, `./${name}.ts`],
  [`electron/providers/${folder}/registry.ts`, `./${name}/provider.ts`],
];
for (const [path, from] of tables) {
  writeFileSync(join(root, path), inTable(readFileSync(join(root, path), 'utf8'), names, from));
}
run('biome', ['check', '--write', ...Object.keys(made), ...tables.map(([path]) => path)]);
writeFileSync(join(root, 'docs/cli.md'), run('node', ['electron/cli.ts', 'help', '--markdown']));
console.log(['Made:', ...Object.keys(made), 'In the tables:', ...tables.map(([path]) => path)].join('\n  '));

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env: withOwnPrograms(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
