import { readdirSync, readFileSync } from 'node:fs';

/** The text of each script here by its name: `read`, `write`… A build puts the texts in the place of this module (`build/windows-scripts.ts`). */
export const texts: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ps1'))
    .map((name) => [
      name.slice(0, -'.ps1'.length),
      readFileSync(`${import.meta.dirname}/${name}`, 'utf8').replaceAll('\r\n', '\n'),
    ]),
);
