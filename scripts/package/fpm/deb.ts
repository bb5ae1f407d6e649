import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../electron/run.ts';
import { dateAll, filesBelow, openToAll } from './tree.ts';
import type { PackageOrder } from './words.ts';

/** Makes a Debian package of what lies below `folder`, with dpkg-deb. */
export async function writeDeb(order: PackageOrder, folder: string, seconds: number): Promise<void> {
  const files = await filesBelow(folder);
  const control = join(folder, 'DEBIAN');
  await mkdir(control);
  let bytes = 0;
  const sums: string[] = [];
  for (const file of files) {
    const about = await lstat(join(folder, file));
    bytes += about.size;
    if (!about.isFile()) continue;
    const md5 = createHash('md5').update(await readFile(join(folder, file))); // as dpkg --verify wants it
    sums.push(`${md5.digest('hex')}  ${file.slice(1)}\n`);
  }
  await writeFile(join(control, 'control'), controlOf(order, Math.ceil(bytes / 1024)));
  await writeFile(join(control, 'md5sums'), sums.join(''));
  await openToAll(folder);
  const scripts = { postinst: order.afterInstall, prerm: order.beforeRemove, postrm: order.afterRemove };
  for (const [name, file] of Object.entries(scripts)) {
    if (file === null) continue;
    await cp(file, join(control, name));
    await chmod(join(control, name), 0o755);
  }
  await dateAll(folder, seconds);
  await run(['dpkg-deb', '--root-owner-group', ...levelOf(order.compression), '--build', folder, order.to], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
}

/** The file `control` (Debian policy, chapter 5). @internal */
export function controlOf(order: PackageOrder, kilobytes: number): string {
  const paragraphs = order.description.split('\n').map((line) => ` ${line.trim() || '.'}`);
  const fields: [string, string | null][] = [
    ['Package', order.name],
    ['Version', order.version],
    ['Architecture', order.architecture],
    ['Maintainer', order.maintainer],
    ['Installed-Size', String(kilobytes)],
    ['Depends', order.depends.join(', ') || null],
    ['Recommends', order.recommends.join(', ') || null],
    ['Provides', order.provides.join(', ') || null],
    ['Conflicts', order.conflicts.join(', ') || null],
    ['Replaces', order.conflicts.join(', ') || null],
    ['Section', 'admin'],
    ['Priority', 'optional'],
    ['Homepage', order.address],
    ['Description', [order.summary.trim(), ...paragraphs].join('\n')],
  ];
  return fields.map(([name, value]) => (value === null ? '' : `${name}: ${value}\n`)).join('');
}

/** `store` for tests, which have no time for xz. */
function levelOf(compression: string): string[] {
  return compression === 'store' ? ['-Znone'] : [`-Z${compression}`];
}
