import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { run } from '../electron/run.ts';

/** The program that it begins with: everything else stays in files beside it. */
const beginning = "require('node:module').createRequire(process.execPath)('./start.cjs');\n";

/** What Node looks for in itself, and what says that it is there (`postject` in Node's documentation). */
const blobName = 'NODE_SEA_BLOB';
const sentinel = Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:0', 'latin1');
const rawData = 10; // RT_RCDATA

interface About {
  version: string;
  copyright: string;
}

/**
 * `trustkeep.exe` for Windows: the Node of the target with a beginning of ours inside (a single executable application)
 * and our icon and version, so that every way to start a program starts it by its name, without a command interpreter
 * between that would read the arguments again. The signature of Node goes: the packing signs what it packs.
 */
export async function writeWindowsProgram(
  {
    node,
    icon,
    about,
    maker = process.execPath,
  }: { node: string; icon: string; about: About; maker?: string },
  to: string,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'trustkeep-program-'));
  try {
    const blob = await blobOf(work, maker);
    const program = NtExecutable.from(await readFile(node), { ignoreCert: true });
    const resources = NtExecutableResource.from(program);
    resources.entries.push({ type: rawData, id: blobName, lang: 0, codepage: 0, bin: arrayOf(blob) });
    describe(resources, about);
    await addIcon(resources, icon);
    resources.outputResource(program);
    const bytes = Buffer.from(program.generate());
    switchOn(bytes);
    await writeFile(to, bytes);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Made by a Node of the same version as the one it goes into; the machine makes no difference without a code cache. */
async function blobOf(work: string, maker: string): Promise<Buffer> {
  const [main, output, config] = ['main.cjs', 'blob', 'config.json'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(main, beginning);
  const settings = { main, output, disableExperimentalSEAWarning: true, execArgvExtension: 'none' };
  await writeFile(config, JSON.stringify(settings));
  await run([maker, '--experimental-sea-config', config], { cwd: work });
  return readFile(output);
}

function describe(resources: NtExecutableResource, { version, copyright }: About): void {
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  if (info === undefined) throw new Error('this Node has no version resource');
  const [language] = info.getAllLanguagesForStringValues();
  if (language === undefined) throw new Error('the version resource of this Node has no language');
  info.setFileVersion(version, language.lang);
  info.setProductVersion(version, language.lang);
  info.setStringValues(language, {
    FileDescription: 'Trustkeep command line',
    ProductName: 'Trustkeep',
    CompanyName: 'Trustkeep contributors',
    InternalName: 'trustkeep',
    OriginalFilename: 'trustkeep.exe',
    LegalCopyright: copyright,
  });
  info.outputToResourceEntries(resources.entries);
}

async function addIcon(resources: NtExecutableResource, icon: string): Promise<void> {
  const pictures = Data.IconFile.from(await readFile(icon)).icons.map(({ data }) => data);
  const [group] = Resource.IconGroupEntry.fromEntries(resources.entries);
  const { id, lang } = group ?? { id: 1, lang: 1033 };
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, id, lang, pictures);
}

function switchOn(bytes: Buffer): void {
  const at = bytes.indexOf(sentinel);
  if (at === -1) throw new Error('this Node has no place for a program of ours');
  bytes.write('1', at + sentinel.length - 1, 'latin1');
}

/** A copy with a buffer of its own, as resedit wants it. */
const arrayOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
