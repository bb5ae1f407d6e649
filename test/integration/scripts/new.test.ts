import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** `npm run new` in a copy of the tree: a stranger edits nothing by hand, and everything that counts siblings goes on. */

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

test('a new endpoint type, connection, store and authority compile, are listed and documented, and keep what their family promises', () => {
  for (const what of ['endpoint', 'connection', 'store', 'authority']) {
    const made = run(process.execPath, 'scripts/new.ts', what, `demo-${what}`);
    expect(made, made.said).toMatchObject({ status: 0 });
  }
  const again = run(process.execPath, 'scripts/new.ts', 'store', 'demo-store');
  expect(again.said).toContain('There is already a store demo-store');
  for (const side of ['shared', 'agent', 'renderer']) {
    const types = run('node_modules/.bin/tsc', '-p', `tsconfig.${side}.json`, '--incremental', 'false');
    expect(types, types.said).toMatchObject({ status: 0 });
  }
  const quick = run('node_modules/.bin/vitest', 'run', '--project', 'unit', '--project', 'house');
  expect(quick, quick.said).toMatchObject({ status: 0 });
  const suites = run(
    'node_modules/.bin/vitest',
    'run',
    '--project',
    'integration',
    'test/conformance',
    '-t',
    'demo-',
  );
  expect(suites, suites.said).toMatchObject({ status: 0 });
  expect(stripVTControlCharacters(suites.said)).toMatch(/Tests .*\b[6-9]\d passed/);
  const bound = run(
    'node_modules/.bin/vitest',
    'run',
    '--project',
    'integration',
    'test/security/approval-rows',
  );
  expect(bound, bound.said).toMatchObject({ status: 0 });
}, 600_000);
