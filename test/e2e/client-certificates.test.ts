import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeJavaStore } from '../../electron/pki/key-store/java-store.ts';
import { Work } from '../../electron/pki/work.ts';
import { run } from '../../scripts/electron/run.ts';
import { findElectron } from '../../scripts/find-electron.ts';
import { rewritten } from '../make/rewritten-key-store.ts';
import { have, missing } from '../servers/available.ts';
import { type Openssl, openOpenssl } from '../servers/openssl.ts';

/** Electron's crypto is BoringSSL: what is read under Node need not be read there. */
const electron = have('openssl') ? await findElectron().catch(() => null) : null;
if (electron === null && !missing.includes('electron')) missing.push('electron');

const root = join(import.meta.dirname, '../..');
const legacy = ['-provider', 'legacy', '-provider', 'default'];
const pfxKinds: Record<string, string[]> = {
  modern: [],
  old: ['-legacy'],
  rc2: ['-legacy', '-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-40'],
  des3: ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-2DES', '-macalg', 'sha1'],
  aes: ['-keypbe', 'AES-192-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
};
const pemKinds: Record<string, string[]> = {
  pkcs8: ['pkcs8', '-topk8', '-v2', 'aes-256-cbc'],
  scrypt: ['pkcs8', '-topk8', '-scrypt'],
  'md5-des': ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', ...legacy],
  'traditional-des': ['rsa', '-traditional', '-des', ...legacy],
  'traditional-aes': ['rsa', '-traditional', '-aes192'],
};

describe.skipIf(electron === null)('in Electron', () => {
  let openssl: Openssl;
  let directory: string;
  beforeAll(async () => {
    openssl = await openOpenssl();
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-boringssl-'));
  });
  afterAll(async () => {
    await openssl.remove();
    await rm(directory, { recursive: true, force: true });
  });

  test('client certificates of every kind are read', async () => {
    const files = await clientCertificates(openssl);
    const said = await runInElectron(directory, readerOf(files));
    expect(said).toEqual(files.map((file) => `${file} CN=agent`));
  });

  test('key stores of every kind are rewritten to the same bytes as in Node', async () => {
    const { path, file } = openssl;
    const stores = (await clientCertificates(openssl)).filter((one) => one.endsWith('.pfx'));
    for (const format of ['jks', 'jceks'] as const)
      stores.push(await file(`empty.${format}`, await emptyJavaStore(format)));
    const [certPem, keyPem] = [
      await readFile(path('agent.pem'), 'utf8'),
      await readFile(path('agent.key'), 'utf8'),
    ];
    const expected: string[] = [];
    for (const store of stores) expected.push(await rewritten(await readFile(store), certPem, keyPem));
    const said = await runInElectron(directory, rewriterOf(stores, certPem, keyPem));
    expect(said).toEqual(expected);
  });
});

/** Builds a program and runs it; its lines. */
async function runInElectron(directory: string, program: string): Promise<string[]> {
  const entry = join(directory, 'entry.ts');
  await writeFile(entry, program);
  await build({
    ...{ root, configFile: false, logLevel: 'error', ssr: { noExternal: true } },
    build: {
      ...{ ssr: true, outDir: join(directory, 'out'), target: 'node20' },
      rolldownOptions: { input: entry, output: { format: 'cjs', entryFileNames: 'reader.cjs' } },
    },
  });
  const env = { PATH: process.env.PATH ?? '', ELECTRON_RUN_AS_NODE: '1' };
  return (await run([electron?.executable ?? '', join(directory, 'out/reader.cjs')], { env }))
    .trim()
    .split('\n');
}

const emptyJavaStore = (format: 'jks' | 'jceks'): Promise<Buffer> =>
  writeJavaStore({ format, version: 2 }, [], 'pw', new Work());

async function clientCertificates({ must, path, file }: Openssl): Promise<string[]> {
  const [key, certificate] = [path('agent.key'), path('agent.pem')];
  const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=agent', '-days', '2'];
  await must(...self, '-keyout', key, '-out', certificate);
  const pair = ['-in', certificate, '-inkey', key, '-passout', 'pass:pw'];
  const files: string[] = [];
  for (const [name, options] of Object.entries(pfxKinds)) {
    await must('pkcs12', '-export', ...pair, '-out', path(`${name}.pfx`), ...options);
    files.push(path(`${name}.pfx`));
  }
  const pem = await must('x509', '-in', certificate);
  for (const [name, options] of Object.entries(pemKinds)) {
    await must(...options, '-in', key, '-out', path('one.key'), '-passout', 'pass:pw');
    files.push(await file(`${name}.pem`, pem + (await readFile(path('one.key'), 'utf8'))));
  }
  return files;
}

const from = (path: string) => JSON.stringify(join(root, path));
const isElectron = "if (process.versions.electron === undefined) throw new Error('this is not Electron');";

function readerOf(files: readonly string[]): string {
  return `
import { readFileSync } from 'node:fs';
import { readPfx } from ${from('electron/pki/read-pfx.ts')};
import { Secret } from ${from('electron/secrets/secret.ts')};
${isElectron}
async function main() {
  for (const file of ${JSON.stringify(files)})
    console.log(file, (await readPfx(readFileSync(file), Secret.of('pw'))).subject);
}
void main();
`;
}

function rewriterOf(stores: readonly string[], certPem: string, keyPem: string): string {
  return `
import { readFileSync } from 'node:fs';
import { rewritten } from ${from('test/make/rewritten-key-store.ts')};
${isElectron}
async function main() {
  for (const store of ${JSON.stringify(stores)})
    console.log(await rewritten(readFileSync(store), ${JSON.stringify(certPem)}, ${JSON.stringify(keyPem)}));
}
void main();
`;
}
