import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { freePort } from '#test/servers/free-port.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { splitPem, toPem } from '../../../electron/pki/pem.ts';

const directory = tempDirectory('unknown-issuer');
let server: ChildProcess | null = null;
afterEach(() => {
  server?.kill('SIGKILL');
  directory.remove();
});

test('An issuer with a kind of key that is unknown here does not hide those above it', async () => {
  const root = makeCa({ commonName: 'Vault root' });
  const leaf = makeLeaf(root, { names: ['localhost'], intermediate: true });
  const [own, issuer] = splitPem(leaf.chainPem).map(({ der }) => der);
  if (own === undefined || issuer === undefined) throw new Error('there is no intermediate');
  const ecPublicKey = Buffer.from('2a8648ce3d0201', 'hex');
  issuer[issuer.indexOf(ecPublicKey) + ecPublicKey.length - 1] = 0x7f;
  const path = (name: string, content: string): string => {
    writeFileSync(join(directory.path, name), content);
    return join(directory.path, name);
  };
  const port = await freePort();
  // at any other level the server itself demands a key that it knows
  const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-cipher', 'DEFAULT@SECLEVEL=0', '-www'];
  server = spawn('openssl', [
    ...[...args, '-cert', path('own.pem', toPem('CERTIFICATE', own)), '-key', path('key.pem', leaf.keyPem)],
    ...['-cert_chain', path('chain.pem', toPem('CERTIFICATE', issuer) + root.certPem)],
  ]);
  const http = makeHttp({ userAgent: 'Trustkeep/1', clock: systemClock, log: silentLog });
  const reach = () => http.reach({ url: `https://localhost:${port}/`, trustedRootsPem: root.certPem });
  try {
    await expect
      .poll(async () => (await reach()).certificate, { timeout: 60_000 })
      .toMatchObject({ subject: 'localhost', issuer: 'Vault root' });
    expect((await reach()).ok).toBe(false);
  } finally {
    await http.close();
  }
});
