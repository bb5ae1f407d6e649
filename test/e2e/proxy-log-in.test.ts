import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../scripts/electron/run.ts';
import { findElectron } from '../../scripts/find-electron.ts';
import { missing } from '../servers/available.ts';
import { type OddProxy, startOddProxy } from '../servers/odd-proxy.ts';
import { type PlainOrigin, startOrigin } from '../servers/plain-origin.ts';

/** Electron's crypto is BoringSSL, and its Node an older one: what logs in under Node need not do so there. */
const electron = await findElectron().catch(() => null);
if (electron === null && !missing.includes('electron')) missing.push('electron');

const root = join(import.meta.dirname, '../..');
const password = 'p@ss:wörd';

describe.skipIf(electron === null)('in Electron', () => {
  let directory: string;
  let origin: PlainOrigin;
  let proxies: OddProxy[];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-boringssl-'));
    origin = await startOrigin();
    const users = { bob: password, 'CORP\\bob': password };
    const digest = ['SHA-256', 'MD5-sess'].map((algorithm) => [{ algorithm, qop: 'auth' }]);
    proxies = [
      await startOddProxy({ users, offer: ['ntlm'] }),
      ...(await Promise.all(digest.map((one) => startOddProxy({ users, offer: ['digest'], digest: one })))),
      await startOddProxy({ users, offer: ['basic'] }),
    ];
  });
  afterAll(async () => {
    for (const server of [...proxies, origin]) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('NTLM, Digest and Basic get through proxies that check them to the letter', async () => {
    const entry = join(directory, 'entry.ts');
    await writeFile(
      entry,
      clientOf(
        proxies.map(({ port }) => port),
        origin.port,
      ),
    );
    await build({
      ...{ root, configFile: false, logLevel: 'error', ssr: { noExternal: true } },
      build: {
        ...{ ssr: true, outDir: join(directory, 'out'), target: 'node20' },
        rolldownOptions: { input: entry, output: { format: 'cjs', entryFileNames: 'client.cjs' } },
      },
    });
    const env = { PATH: process.env.PATH ?? '', ELECTRON_RUN_AS_NODE: '1' };
    const said = await run([electron?.executable ?? '', join(directory, 'out/client.cjs')], { env });
    expect(said.split('\n').filter(Boolean)).toEqual(
      Array(proxies.length).fill('GET /tunnel  GET /forward '),
    );
    expect(proxies.map(({ verdicts }) => new Set(verdicts))).toEqual(
      Array(proxies.length).fill(new Set(['right'])),
    );
  });
});

function clientOf(ports: readonly number[], origin: number): string {
  const from = (path: string) => JSON.stringify(join(root, 'electron', path));
  return `
import { systemClock } from ${from('kit/clock.ts')};
import { silentLog } from ${from('kit/log.ts')};
import { forward } from ${from('net/proxy/forward.ts')};
import { makeProxyMemory } from ${from('net/proxy/memory.ts')};
import { openTunnel } from ${from('net/proxy/tunnel.ts')};
import { Secret } from ${from('secrets/secret.ts')};
if (process.versions.electron === undefined) throw new Error('this is not Electron');
async function main() {
  for (const [at, port] of ${JSON.stringify(ports)}.entries()) {
    const login = () => ({ user: 'bob', domain: at === 0 ? 'CORP' : null, password: Secret.of(${JSON.stringify(password)}) });
    const memory = makeProxyMemory(systemClock);
    const tools = { login, memory, clock: systemClock, log: silentLog, userAgent: 'test' };
    const place = { host: '127.0.0.1', port, tls: false };
    const socket = await openTunnel(place, { host: '127.0.0.1', port: ${origin} }, tools);
    socket.write('GET /tunnel HTTP/1.0\\r\\n\\r\\n');
    let text = '';
    for await (const part of socket) text += String(part);
    const request = { method: 'GET', url: 'http://127.0.0.1:${origin}/forward', headers: {}, maxBytes: 100 };
    const answer = await forward(place, request, tools);
    console.log(text.split('\\r\\n\\r\\n')[1], answer.body.toString());
    memory.close();
  }
}
void main();
`;
}
