import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const rooms = ['electron', 'shared', 'renderer', 'build', 'test/e2e/page'];
const files = [
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'vite.node.config.ts',
  'test/e2e/stand-in-agent.ts',
];

async function sources(root: string): Promise<string[]> {
  const found = files.filter((file) => existsSync(join(root, file)));
  for (const room of rooms.filter((name) => existsSync(join(root, name)))) {
    const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isFile()) found.push(join(entry.parentPath, entry.name));
  }
  return found.map((file) => (file.startsWith(root) ? file : join(root, file))).sort();
}

/** Changes when anything changes that the built application is made of. */
export async function stampOfSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await sources(root)) {
    const { mtimeMs, size } = await stat(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}
