import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** A package of others that is a part of the product. */
export interface LicensedPart {
  name: string;
  version: string;
  /** SPDX expression, as its package.json has it. */
  license: string;
  /** The whole text; empty where the package brings none. */
  text: string;
}

/** Lays `licenses.json` beside what is built: the packages whose code is in it. `build/` and `scripts/package/` put them together. */
export function licensesAsset(): Plugin {
  return {
    name: 'licenses-asset',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const id of chunk.moduleIds) {
          const folder = packageFolder(id);
          if (folder !== null) folders.add(folder);
        }
      }
      const parts = [...folders].map(licensedPart).sort((a, b) => a.name.localeCompare(b.name, 'en'));
      this.emitFile({ type: 'asset', fileName: 'licenses.json', source: JSON.stringify(parts) });
    },
  };
}

/** The folder of the package that a module is in; null for our own. */
function packageFolder(id: string): string | null {
  const path = id.replace(/^\0/, '').split('?')[0] ?? '';
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path);
  return match?.[1] !== undefined && existsSync(join(match[1], 'package.json')) ? match[1] : null;
}

/** What a package says of itself. */
export function licensedPart(folder: string): LicensedPart {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  return { name, version, license: typeof license === 'string' ? license : 'see text', text };
}
