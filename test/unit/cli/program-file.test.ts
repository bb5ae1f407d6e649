import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

test('npx finds the command line of a checkout: named in package.json, executable, with an interpreter', () => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin?: { trustkeep?: string };
  };
  const path = join(root, bin?.trustkeep ?? 'nothing is named');
  expect(readFileSync(path, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o111).toBe(0o111);
});
