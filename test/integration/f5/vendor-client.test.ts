import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBigip } from '#test/make/bigip.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { testCa } from '#test/make/endpoints.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { fetchedF5Sdk } from '../../../scripts/find-f5-sdk.ts';

const sdk = fetchedF5Sdk();
const script = join(import.meta.dirname, '../../servers/bigip-client.py');

/** The stand-in is known to speak as the client of the vendor expects, which shares no code with Trustkeep. */
describe.skipIf(sdk === null)('f5-sdk', () => {
  let bigip: Awaited<ReturnType<typeof makeBigip>>;
  beforeEach(async () => {
    bigip = await makeBigip();
  });
  afterEach(() => bigip.stop());

  function run(input: unknown): Promise<{ code: number | null; said: string; wrong: string }> {
    const args = [script, bigip.host, String(bigip.port), bigip.user];
    const env = { ...process.env, PYTHONPATH: sdk ?? '', PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn('python3', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [said, wrong] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    child.stderr.on('data', (part: Buffer) => (wrong += part.toString()));
    child.stdin.end(JSON.stringify(input));
    return new Promise((done) => child.once('close', (code) => done({ code, said, wrong })));
  }

  test('reads it, uploads, makes objects, changes a profile, and is refused as it expects', async () => {
    const leaf = makeLeaf(testCa, { names: ['blog.example'] });
    const { code, said, wrong } = await run({
      password: bigip.password,
      cert: leaf.certPem,
      key: leaf.keyPem,
    });
    expect(wrong).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(said)).toEqual({
      version: '17.1.1',
      devices: [['bigip1.example', 'active']],
      virtuals: ['/Common/vs_shop', '/Common/vs_child', '/Common/vs_domain'],
      profiles: ['/Common/clientssl', '/Common/shop', '/Common/child', '/Common/blog'],
      certificates: expect.objectContaining({
        '/Common/blog.crt': expect.stringMatching(/^SHA256\/[0-9A-F:]{95}$/),
      }),
      chain: [['/Common/sdk.crt', '/Common/sdk.key']],
      deleted: expect.stringContaining('01071349'),
      wrong: expect.stringContaining('01070317'),
      right: 'committed',
      mismatch: expect.stringContaining('01070317'),
    });
    const shown = await probeTls({
      ...{ address: '127.0.0.1', port: bigip.ports.shop, serverName: 'blog.example', timeoutMs: 5000 },
    });
    expect(shown).toMatchObject({ leafFingerprint: leaf.facts.fingerprint });
    expect(bigip.world.saved.clientSsl.get('/Common/blog')).toEqual(
      bigip.world.configuration.clientSsl.get('/Common/blog'),
    );
  });
});
