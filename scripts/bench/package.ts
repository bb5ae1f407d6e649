import { lstatSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { electronForTests } from '../../test/e2e/electron.ts';
import { stageVersion, thisVersion } from '../../test/e2e/packaged.ts';
import { root } from '../electron/paths.ts';
import { writeTarGz } from '../package/archive.ts';
import { buildPackages } from '../package/builder.ts';
import type { Figure } from './measure.ts';

const target = { system: 'linux', arch: 'x64' } as const;
const large = 5; // MB

/** Why each part of more than 5 MB is there, by the name of its file. */
const reasons: Record<string, string> = {
  'trustkeep-desktop': "Electron's program: Chromium and Node for the window",
  node: "the Node of command line and service, for Electron's is closed to scripts",
  'icudtl.dat': "Chromium's languages and time zones",
  'LICENSES.chromium.html': "the licenses of Chromium's parts, which must come with it",
  'app.asar': 'agent, window, modules',
  'libGLESv2.so': "Chromium's drawing",
  'libvk_swiftshader.so': "Chromium's drawing without a graphics card",
  'resources.pak': "Chromium's built-in pages and pictures",
};

/** What is downloaded and what is installed, with every large part and its reason: as `npm run package` makes it, around the Electron of the tests. */
export async function packageSizes(): Promise<Figure[]> {
  const electron = await electronForTests();
  if (electron === null || process.platform !== 'linux' || process.arch !== 'x64') return [];
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist', 'bench-'));
  try {
    await stageVersion(electron, thisVersion, join(folder, 'project'));
    const dist = await buildPackages({
      ...{ target, electron, kinds: ['deb'], folder: join(folder, 'project') },
    });
    const unpacked = join(dist, 'linux-unpacked');
    const archive = join(folder, 'it.tar.gz');
    await writeTarGz(unpacked, 'trustkeep', archive);
    const files = [...readdirSync(dist).map((name) => join(dist, name)), archive];
    const download = (ending: string) => {
      const file = files.find((name) => name.endsWith(ending));
      return `${ending.slice(1)} ${file === undefined ? 'not made' : mb(statSync(file).size)}`;
    };
    return figures(['.deb', '.tar.gz'].map(download), filesIn(unpacked), electron.version);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface File {
  name: string;
  size: number;
}

function figures(downloads: readonly string[], files: readonly File[], electron: string): Figure[] {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const parts = files.filter(({ size }) => size >= large * 1e6).sort((a, b) => b.size - a.size);
  const rest = all - parts.reduce((sum, { size }) => sum + size, 0);
  const said = parts.map(({ name, size }) => `\`${name}\` ${mb(size)}: ${reasons[name] ?? '**no reason**'}`);
  return [
    {
      what: 'Package for Linux on x64',
      figure: `${downloads.join(', ')}; installed ${mb(all)}`,
      goal: `a reason for every part above ${large} MB`,
      met: parts.every(({ name }) => name in reasons),
      method: `Around Electron ${electron}. ${said.join('; ')}; all others together ${mb(rest)}.`,
    },
  ];
}

/** Every file once, links left out. */
function filesIn(directory: string): File[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const about = lstatSync(join(directory, name));
    return about.isFile() ? [{ name: basename(name), size: about.size }] : [];
  });
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
