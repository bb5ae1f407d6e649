/**
 * `npm run new endpoint|connection|store|authority NAME`: makes a provider that compiles, does the least real thing and passes the
 * conformance suite, in a folder of its own, and puts it into the table of each side; one that was announced leaves that list.
 * NAME is its id: small letters, digits, dashes and underscores. Refuses, before anything is written, a name that is taken or
 * cannot be one of the code; when a check fails, puts everything back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { authorityFiles } from './new/authority.ts';
import { connectionFiles } from './new/connection.ts';
import { endpointFiles } from './new/endpoint.ts';
import { type Family, inTable, namesOf, withoutEntry } from './new/family.ts';
import { refuseName } from './new/refuse-name.ts';
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
if (family === undefined || !/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name)) {
  throw new Error(
    `npm run new ${Object.keys(families).join('|')} NAME, the name in small letters, digits, "-" and "_".`,
  );
}
const { folder, files } = family;
const names = namesOf(name);
const folderOfAdapter = `electron/providers/${folder}/${name}`;
const made = {
  [`shared/catalog/${folder}/${name}.ts`]: files.definition(names),
  [`${folderOfAdapter}/${name}.ts`]: files.adapter(names),
  [`${folderOfAdapter}/provider.ts`]: files.provider(names),
  [`test/conformance/${folder}/${name}.ts`]: files.shape(names),
};
const there = [...Object.keys(made), folderOfAdapter].find((path) => existsSync(join(root, path)));
if (there !== undefined) throw new Error(`There is already a ${what} ${name}: ${there}`);

const changed: Record<string, string> = {};
for (const [path, from] of [
  [`shared/catalog/${folder}/index.ts`, `./${name}.ts`],
  [`electron/providers/${folder}/registry.ts`, `./${name}/provider.ts`],
] as const)
  changed[path] = inTable(read(path), names, from);
const announced = `shared/catalog/${folder}/announced.ts`;
if (existsSync(join(root, announced))) changed[announced] = withoutEntry(read(announced), name);
refuseName(name, names.value, { ...made, ...changed });

const before = Object.fromEntries([...Object.keys(changed), 'docs/cli.md'].map((path) => [path, read(path)]));
try {
  write({ ...made, ...changed });
  run('biome', [
    'check',
    '--config-path=biome.quick.json',
    '--write',
    ...Object.keys(made),
    ...Object.keys(changed),
  ]);
  write({ 'docs/cli.md': run('node', ['electron/cli.ts', 'help', '--markdown']) });
} catch (error) {
  for (const path of [...Object.keys(made), folderOfAdapter])
    rmSync(join(root, path), { recursive: true, force: true });
  write(before);
  throw new Error('It does not pass the checks; everything is as it was before.', { cause: error });
}
console.log(['Made:', ...Object.keys(made), 'Changed:', ...Object.keys(changed)].join('\n  '));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function write(texts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env: withOwnPrograms(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
