import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../scripts/electron/run.ts';
import { findElectron } from '../../scripts/find-electron.ts';
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
    const entry = join(directory, 'entry.ts');
    await writeFile(entry, readerOf(files));
    await build({
      ...{ root, configFile: false, logLevel: 'error', ssr: { noExternal: true } },
      build: {
        ...{ ssr: true, outDir: join(directory, 'out'), target: 'node20' },
        rolldownOptions: { input: entry, output: { format: 'cjs', entryFileNames: 'reader.cjs' } },
      },
    });
    const env = { PATH: process.env.PATH ?? '', ELECTRON_RUN_AS_NODE: '1' };
    const said = await run([electron?.executable ?? '', join(directory, 'out/reader.cjs')], { env });
    expect(said.trim().split('\n')).toEqual(files.map((file) => `${file} CN=agent`));
  });
});

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

function readerOf(files: readonly string[]): string {
  const from = (path: string) => JSON.stringify(join(root, 'electron', path));
  return `
import { readFileSync } from 'node:fs';
import { readPfx } from ${from('pki/read-pfx.ts')};
import { Secret } from ${from('secrets/secret.ts')};
if (process.versions.electron === undefined) throw new Error('this is not Electron');
for (const file of ${JSON.stringify(files)})
  console.log(file, (await readPfx(readFileSync(file), Secret.of('pw'))).subject);
`;
}
