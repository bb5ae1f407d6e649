import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** `npm run new` in a copy of the tree: a stranger edits nothing by hand, and everything that counts siblings goes on. */

/** One id was announced, and has an underscore. */
const names = {
  endpoint: 'demo-endpoint',
  connection: 'winrm_http',
  store: 'demo-store',
  authority: 'demo-authority',
};

const root = join(import.meta.dirname, '../../..');
let copy: string;

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'trustkeep-new-'));
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const file of listed.stdout.split('\n').filter((name) => name !== '')) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(root, file), join(copy, file)).catch(() => {}); // removed, and not yet committed so
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Every file that the command may touch, with its content. */
function everything(): Map<string, string> {
  const rooms = ['shared/catalog', 'electron/providers', 'test/conformance', 'docs'];
  const paths = rooms.flatMap((room) => globSync(`${room}/**`, { cwd: copy }));
  return new Map(paths.map((path) => [path, statSync(join(copy, path)).isFile() ? read(path) : 'a folder']));
}

const read = (path: string) => readFileSync(join(copy, path), 'utf8');

test.each([
  ['endpoint', 'switch', 'The name switch cannot be used'],
  [
    'endpoint',
    'text',
    'The name text cannot be used: shared/catalog/endpoints/text.ts has the name text already.',
  ],
  ['connection', 'common', 'There is already a connection common'],
])(
  'the name of a new %s that cannot be one, %s, is refused before anything is written',
  (what, name, because) => {
    const before = everything();
    const refused = run(process.execPath, 'scripts/new.ts', what, name);
    expect(refused.status).toBe(1);
    expect(refused.said).toContain(because);
    expect(everything()).toEqual(before);
  },
);

test('what does not pass the checks is put back whole', () => {
  const program = read('electron/cli.ts');
  const before = everything();
  writeFileSync(join(copy, 'electron/cli.ts'), 'process.exit(9);');
  const refused = run(process.execPath, 'scripts/new.ts', 'connection', 'winrm_http');
  writeFileSync(join(copy, 'electron/cli.ts'), program);
  expect(refused.status).toBe(1);
  expect(refused.said).toContain('everything is as it was before');
  expect(everything()).toEqual(before);
});

test('a new endpoint type, connection, store and authority compile, are listed and documented, and keep what their family promises', () => {
  const before = everything();
  for (const [what, name] of Object.entries(names)) {
    const made = run(process.execPath, 'scripts/new.ts', what, name);
    expect(made, made.said).toMatchObject({ status: 0 });
  }
  const again = run(process.execPath, 'scripts/new.ts', 'store', 'demo-store');
  expect(again.said).toContain('There is already a store demo-store');
  for (const side of ['shared', 'agent', 'renderer']) {
    const types = run('node_modules/.bin/tsc', '-p', `tsconfig.${side}.json`, '--incremental', 'false');
    expect(types, types.said).toMatchObject({ status: 0 });
  }
  const changed = [...everything()]
    .filter(([path, content]) => /\.ts$/.test(path) && before.get(path) !== content)
    .map(([path]) => path);
  const unit = run('node_modules/.bin/vitest', 'related', '--run', '--project', 'unit', ...changed);
  expect(unit, unit.said).toMatchObject({ status: 0 });
  expect(stripVTControlCharacters(unit.said)).toMatch(/Tests .*\b\d{4} passed/);
  const house = run('node_modules/.bin/vitest', 'run', '--project', 'house');
  expect(house, house.said).toMatchObject({ status: 0 });
  const suites = run(
    'node_modules/.bin/vitest',
    'run',
    '--project',
    'integration',
    'test/conformance',
    '-t',
    Object.values(names).join('|'),
  );
  expect(suites, suites.said).toMatchObject({ status: 0 });
  expect(stripVTControlCharacters(suites.said)).toMatch(/Tests .*\b(?:[6-9]\d|1\d\d) passed/);
  const bound = run(
    'node_modules/.bin/vitest',
    'run',
    '--project',
    'integration',
    'test/security/approval-rows',
  );
  expect(bound, bound.said).toMatchObject({ status: 0 });
}, 600_000);
