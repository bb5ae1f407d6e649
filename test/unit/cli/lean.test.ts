import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** Our own files that are loaded with `file`: `import()` is later, `import type` never. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  const imports = source.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;]*?\sfrom\s)?'([^']+)'/gm);
  for (const [, target = ''] of imports) {
    if (target.startsWith('#shared/')) loadedWith(join(root, 'shared', target.slice(8)), seen);
    else if (target.startsWith('#kit/')) loadedWith(join(root, 'electron/kit', target.slice(5)), seen);
    else if (target.startsWith('.') && target.endsWith('.ts')) loadedWith(join(dirname(file), target), seen);
  }
  return seen;
}

test('a command that a running agent answers does not load the agent', () => {
  const files = [...loadedWith(join(root, 'electron/cli.ts'))].map((file) =>
    relative(root, file).replaceAll('\\', '/'),
  );
  expect(files).toContain('electron/transport/client.ts');
  expect(files.length).toBeGreaterThan(30);
  const heavy = files.filter((file) =>
    /^electron\/(compose|headless|agent|commands|database|providers|secrets|net|pki|discovery|shell)/.test(
      file,
    ),
  );
  expect(heavy).toEqual([]);
});
