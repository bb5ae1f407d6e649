import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../electron/run.ts';
import { dateAll, filesBelow, openToAll } from './tree.ts';
import type { PackageOrder } from './words.ts';

/** Makes an RPM package of what lies below `folder`, with rpmbuild. */
export async function writeRpm(order: PackageOrder, folder: string, seconds: number): Promise<void> {
  const files = await filesBelow(folder);
  await openToAll(folder);
  await dateAll(folder, seconds);
  const work = await mkdtemp(join(tmpdir(), 'trustkeep-rpm-'));
  try {
    const scripts = {
      post: await readFile(order.afterInstall, 'utf8'),
      preun: order.beforeRemove === null ? '' : await readFile(order.beforeRemove, 'utf8'),
      postun: await readFile(order.afterRemove, 'utf8'),
    };
    await writeFile(join(work, 'package.spec'), specOf(order, files, scripts));
    await mkdir(join(work, 'made'));
    const defined = [`_topdir ${work}`, `_rpmdir ${join(work, 'made')}`, '_rpmfilename package.rpm'];
    await run(
      [
        'rpmbuild',
        '-bb',
        ...['--target', `${machines[order.architecture] ?? order.architecture}-linux`, '--buildroot', folder],
        ...defined.flatMap((one) => ['--define', one]),
        join(work, 'package.spec'),
      ],
      { cwd: work, env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) } },
    );
    await run(['mv', join(work, 'made', 'package.rpm'), order.to]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As RPM names machines; electron-builder names them as Debian does. */
const machines: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64' };

/** Nothing is stripped, compiled or searched for what it needs: the files are finished, and some are for other machines. */
const untouched = `%global __os_install_post %{nil}
%global _build_id_links none
%global debug_package %{nil}
%global _buildhost localhost
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
`;

/** The spec of the package; its scripts are POSIX shell. @internal */
export function specOf(
  order: PackageOrder,
  files: readonly string[],
  scripts: { post: string; preun: string; postun: string },
): string {
  const tags: [string, string | null][] = [
    ['Name', order.name],
    ['Version', order.version],
    ['Release', '1'],
    ['Summary', order.summary.trim()],
    ['License', order.license],
    ['Vendor', order.maintainer],
    ['Packager', order.maintainer],
    ['URL', order.address],
    ['AutoReqProv', 'no'],
    ...order.depends.map((one): [string, string] => ['Requires', one]),
    ...order.provides.map((one): [string, string] => ['Provides', one]),
    ...order.conflicts.map((one): [string, string] => ['Conflicts', one]),
  ];
  return [
    untouched,
    `%global _binary_payload ${payloads[order.compression] ?? 'w6T2.xzdio'}\n`,
    ...tags.map(([name, value]) => (value === null ? '' : `${name}: ${escaped(value)}\n`)),
    `\n%description\n${escaped(order.description)}\n`,
    `\n%post\n${escaped(scripts.post)}`,
    scripts.preun === '' ? '' : `\n%preun\n${escaped(scripts.preun)}`,
    `\n%postun\n${escaped(scripts.postun)}`,
    '\n%files\n%defattr(-,root,root,-)\n',
    ...foldersOf(files).map((folder) => `%dir "${escaped(folder)}"\n`),
    ...files.map((file) => `"${escaped(file)}"\n`),
  ].join('');
}

const payloads: Record<string, string> = { store: 'w0.gzdio', gz: 'w6.gzdio' };

const escaped = (text: string): string => text.replaceAll('%', '%%');

/** Folders that are this package's alone, so that its removal removes them. */
function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at);
      if (folder.startsWith('/opt/Trustkeep')) folders.add(folder);
    }
  }
  return [...folders].sort();
}
