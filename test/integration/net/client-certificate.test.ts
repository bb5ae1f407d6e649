import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { have } from '../../servers/available.ts';

const root = makeCa();
const server = makeLeaf(root, { names: ['localhost'] });
const wanted = makeLeaf(root, { names: ['agent.example'], forClients: true });
const stranger = makeLeaf(makeCa({ commonName: 'Stranger' }), { names: ['x.example'], forClients: true });
const shown = (leaf: typeof wanted) => ({ certificatePem: leaf.chainPem, key: Secret.of(leaf.keyPem) });

const http = makeHttp({ userAgent: 'x', clock: systemClock, log: silentLog });
afterAll(() => http.close());

/** The one that ends the handshake with an alert, as Go's and Java's servers do. */
async function demandingServer(protocol: '-tls1_2' | '-tls1_3') {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-mutual-'));
  const at = (name: string) => join(directory, name);
  await Promise.all([
    writeFile(at('cert.pem'), server.chainPem),
    writeFile(at('key.pem'), server.keyPem, { mode: 0o600 }),
    writeFile(at('ca.pem'), root.certPem),
  ]);
  const child = spawn(
    'openssl',
    [
      ...['s_server', '-accept', '127.0.0.1:0', '-cert', at('cert.pem'), '-key', at('key.pem')],
      ...['-CAfile', at('ca.pem'), '-Verify', '2', '-verify_return_error', protocol, '-www'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      const taken = /^ACCEPT 127\.0\.0\.1:(\d+)$/m.exec(said)?.[1];
      if (taken !== undefined) resolve(taken);
    });
    child.once('exit', () => reject(new Error(`openssl ended: ${said}`)));
  });
  return {
    url: `https://localhost:${port}/`,
    async stop() {
      child.kill();
      await once(child, 'exit');
      await rm(directory, { recursive: true });
    },
  };
}

describe.skipIf(!have('openssl'))('a server that requires a client certificate', () => {
  test.each(['-tls1_2', '-tls1_3'] as const)(
    'takes the right one and says why another will not do (%s)',
    async (protocol) => {
      const running = await demandingServer(protocol);
      const { url } = running;
      const trust = { trustedRootsPem: root.certPem };
      const get = (leaf?: typeof wanted) =>
        http.request({ method: 'GET', url, ...trust, ...(leaf && { clientCertificate: shown(leaf) }) });
      expect((await get(wanted)).status).toBe(200);
      await expect(get(stranger)).rejects.toMatchObject({
        code: 'net.client-certificate-refused',
        message: expect.stringMatching(/refused the client certificate: unknown ca\.$/),
      });
      // TLS 1.2 has no alert of its own for a missing one
      await expect(get()).rejects.toMatchObject(
        protocol === '-tls1_3'
          ? { code: 'net.client-certificate-needed' }
          : { code: 'net.tls-failed', hint: expect.stringContaining('requires a client certificate') },
      );
      const found = await http.reach({ url, ...trust, clientCertificate: shown(stranger) });
      expect(found).toMatchObject({ ok: false, failure: { code: 'net.client-certificate-refused' } });
      await running.stop();
    },
  );
});
