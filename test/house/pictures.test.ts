import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesLike, read, root } from './sources.ts';

const pictures = filesLike('docs/pictures/*');

test('every picture is shown, in light and in dark, and is small', () => {
  const page = read('docs/screens.md');
  expect(pictures.length).toBeGreaterThan(0);
  for (const picture of pictures) {
    expect(page).toContain(`"${picture.replace('docs/', '')}"`);
    expect(pictures).toContain(
      picture.replace(/(light|dark)\.png$/, (one) => (one.startsWith('l') ? 'dark.png' : 'light.png')),
    );
    expect(statSync(join(root, picture)).size).toBeLessThan(150_000);
  }
});

test('every picture that is shown is there', () => {
  const shown = ['README.md', 'docs/screens.md'].flatMap((page) =>
    [...read(page).matchAll(/"(?:docs\/)?(pictures\/[^"]+)"/g)].map(([, name]) => `docs/${name}`),
  );
  expect(shown.filter((name) => !pictures.includes(name))).toEqual([]);
});
