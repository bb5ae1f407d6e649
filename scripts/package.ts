/**
 * `npm run package`: the packages of this system, in `dist/`; `npm run package:linux|win|mac` those of another one, as far as
 * its tools are here. Beside each: its SHA-512 sum, the bill of materials, and the list of its files.
 *
 *   --arch x64,arm64   default: this machine's; x64 for Windows
 *   --only deb,rpm     some kinds only: deb rpm AppImage tar.gz · nsis · dmg zip; those of the agent for servers, which need no
 *                      Electron: agent.deb agent.rpm agent.tar.gz docker (`npm run package:agent`)
 *   --electron DIR     an Electron of the target that lies here already (its version in DIR/version)
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './electron/paths.ts';
import { run } from './electron/run.ts';
import { agentKinds, isOfAgent, makeAgent } from './package/agent-kinds.ts';
import { writeTarGz } from './package/archive.ts';
import { writeBeside } from './package/beside.ts';
import { buildPackages, signs } from './package/builder.ts';
import { stage } from './package/stage.ts';
import { type Target, thisArch, thisSystem } from './package/target.ts';

const kindsOf = {
  linux: ['deb', 'rpm', 'AppImage', 'tar.gz', ...agentKinds],
  win: ['nsis'],
  mac: ['dmg', 'zip'],
} as const;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Wanted {
  target: Target;
  kinds: string[];
  electron: { directory: string; version: string } | undefined;
}

async function read(): Promise<Wanted[]> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { arch: { type: 'string' }, only: { type: 'string' }, electron: { type: 'string' } },
  });
  const system = (positionals[0] ?? thisSystem()) as Target['system'] | null;
  if (system === null || !(system in kindsOf)) throw new Error('Packages are made for linux, win and mac.');
  const arches = (values.arch ?? (system === 'win' ? 'x64' : thisArch)).split(',') as Target['arch'][];
  const kinds = values.only?.split(',') ?? [...kindsOf[system]];
  const electron =
    values.electron === undefined
      ? undefined
      : {
          directory: values.electron,
          version: (await readFile(join(values.electron, 'version'), 'utf8')).trim().replace(/^v/, ''),
        };
  return arches.map((arch) => ({ target: { system, arch }, kinds, electron }));
}

/** Gives what was made, in `dist/`. */
async function make({ target, kinds, electron }: Wanted, dist: string): Promise<string[]> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const ofAgent = kinds.filter(isOfAgent);
  const ofDesktop = kinds.filter((kind) => !isOfAgent(kind));
  const made = ofDesktop.length === 0 ? [] : await makeDesktop({ target, kinds: ofDesktop, electron }, dist);
  if (ofAgent.length > 0) made.push(...(await makeAgent({ target, kinds: ofAgent, version, dist })));
  return made;
}

async function makeDesktop({ target, kinds, electron }: Wanted, dist: string): Promise<string[]> {
  // not below node_modules: Node runs no TypeScript there, and build/after-pack.ts is some
  const folder = join(dist, `.making-${target.system}-${target.arch}`);
  const parts = await stage({
    ...{ target, folder, built: join(root, 'out'), commandLine: join(root, 'out', 'node') },
  });
  const theirs = kinds.filter((kind) => kind !== 'tar.gz');
  const made = await buildPackages({
    ...{ target, folder, kinds: theirs.length === 0 ? ['dir'] : theirs },
    ...(electron === undefined ? {} : { electron }),
  });
  const unpacked = (await readdir(made)).find((name) => name.endsWith('-unpacked') || name.startsWith('mac'));
  if (unpacked === undefined) throw new Error('electron-builder left no folder');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const name = `trustkeep-${version}-${target.system}-${target.arch}`;
  if (kinds.includes('tar.gz')) await writeTarGz(join(made, unpacked), name, join(made, `${name}.tar.gz`));
  const artefacts = (await readdir(made)).filter((file) =>
    /\.(deb|rpm|AppImage|gz|exe|dmg|zip|yml|blockmap)$/.test(file),
  );
  for (const file of artefacts.filter((one) => !one.startsWith('builder-')))
    await rename(join(made, file), join(dist, file));
  const packages = artefacts.filter((file) => !/\.(yml|blockmap)$/.test(file));
  await writeBeside(
    packages.map((file) => join(dist, file)),
    { folder: join(made, unpacked), parts },
  );
  await rm(folder, { recursive: true, force: true });
  return packages;
}

const wanted = await read();
const dist = join(root, 'dist');
await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
for (const one of wanted) {
  const { system, arch } = one.target;
  const signed = signs(one.target, process.env);
  say(`Building for ${system} on ${arch}; ${signed ? 'signed' : 'not signed'}…`);
  await run(['npm', 'run', '--silent', 'build'], {
    cwd: root,
    env: { ...process.env, TRUSTKEEP_SIGNED: signed ? 'yes' : 'no' },
  });
  for (const file of await make(one, dist)) say(`dist/${file}`);
}
