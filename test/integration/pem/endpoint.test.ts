import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, keysOf, newLeaf, open, restart, testCa, withAlias } from '#test/make/endpoints.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';

type PemSettings = Extract<EndpointSettings, { type: 'pem' }>;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trustkeep-pem-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const put = (name: string, content: string, mode = 0o600) => writeFile(at(name), content, { mode });

function endpoint(settings: Partial<PemSettings> = {}) {
  const none = { keyPath: null, servedAt: null, installScript: null, restartScript: null };
  return open(
    { settings: { type: 'pem', path: at('site.pem'), ...none, ...settings } },
    new LocalConnection(systemClock),
  );
}

const whyNot = async (settings: Partial<PemSettings> = {}) =>
  (await endpoint(settings).nodes())[0]?.notInstallable;
const check = async (settings: Partial<PemSettings>, name: string) =>
  (await endpoint(settings).probe()).checks.find((one) => one.name === name);

describe.skipIf(process.platform === 'win32')('a PEM file', () => {
  it('is one node with its names and the place where it is served', async () => {
    const leaf = newLeaf();
    await put('site.pem', leaf.keyPem + leaf.chainPem);
    const [node] = await endpoint({ servedAt: 'www.shop.example:8443' }).nodes();
    expect(node).toMatchObject({
      key: 'file',
      name: 'site.pem',
      alias: 'shop.example',
      bindings: [{ address: 'www.shop.example', port: 8443 }],
      serverNames: ['www.shop.example', 'shop.example'],
      certificatePath: at('site.pem'),
      keyPath: at('site.pem'),
      chainPem: leaf.chainPem,
    });
    const plan = await endpoint({ servedAt: 'www.shop.example:8443' }).plan('file');
    expect(plan.proofs).toEqual([
      { address: 'www.shop.example', port: 8443, serverName: 'www.shop.example' },
    ]);
  });

  it('says in one sentence why nothing can be installed', async () => {
    const leaf = newLeaf();
    expect(await whyNot()).toContain(`There is no file ${at('site.pem')}`);
    await put('site.pem', leaf.chainPem);
    expect(await whyNot()).toContain('--key_path');
    expect(await whyNot({ keyPath: at('none.key') })).toContain(`There is no key file ${at('none.key')}`);
    await put('site.key', leaf.chainPem);
    expect(await whyNot({ keyPath: at('site.key') })).toContain('contains no private key');
    await put('site.key', leaf.keyPem.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'));
    expect(await whyNot({ keyPath: at('site.key') })).toContain('is encrypted');
    await put('site.pem', leaf.keyPem + leaf.chainPem);
    await put('site.key', leaf.keyPem);
    expect(await whyNot({ keyPath: at('site.key') })).toContain('Leave out --key_path');
    await put('site.pem', leaf.keyPem);
    expect(await whyNot()).toContain('contains no certificate');
    await expect(endpoint().plan('file')).rejects.toMatchObject({ code: 'node.not-installable' });
  });

  it('lists its scripts in the plan and runs them with the alias as one argument', async () => {
    const leaf = newLeaf();
    await put('site.pem', leaf.chainPem + leaf.keyPem);
    await put('install.sh', `#!/bin/sh\nprintf '%s|' "$#" "$1" > "${at('installed')}"\necho done\n`, 0o755);
    await put('restart.sh', `#!/bin/sh\nprintf '%s' "$#" > "${at('restarted')}"\n`, 0o755);
    const one = endpoint({ installScript: at('install.sh'), restartScript: at('restart.sh') });
    expect(changesOf((await one.plan('file')).changes, 'command').map((command) => command.argv)).toEqual([
      [at('install.sh'), 'shop.example'],
      [at('restart.sh')],
    ]);
    const plan = withAlias(await one.plan('file'), 'a $(touch x); b');
    expect(await one.powers.runsScripts?.runInstallScript(plan)).toEqual({
      code: 0,
      said: 'done',
    });
    expect(await readFile(at('installed'), 'utf8')).toBe('1|a $(touch x); b|');
    await restart(one);
    expect(await readFile(at('restarted'), 'utf8')).toBe('0');
  });

  it('tells how a script ended, and takes a failed restart for a failure', async () => {
    const leaf = newLeaf();
    await put('site.pem', leaf.chainPem + leaf.keyPem);
    await put('bad.sh', '#!/bin/sh\necho "no luck" >&2\nexit 7\n', 0o755);
    const one = endpoint({ installScript: at('bad.sh'), restartScript: at('bad.sh') });
    const plan = await one.plan('file');
    expect(await one.powers.runsScripts?.runInstallScript(plan)).toEqual({ code: 7, said: 'no luck' });
    await expect(restart(one)).rejects.toMatchObject({
      code: 'endpoint.restart-failed',
      peerSaid: 'no luck',
    });
    expect(await endpoint().powers.runsScripts?.runInstallScript(plan)).toBeNull();
    const without = endpoint({ restartScript: at('bad.sh') });
    expect(await one.powers.runsScripts?.runInstallScript(await without.plan('file'))).toBeNull();
    await restart(endpoint());
  });

  it('is probed for the pair and for its scripts', async () => {
    const leaf = newLeaf();
    await put('site.pem', leaf.chainPem + leaf.keyPem);
    expect(await check({}, 'pair')).toMatchObject({ ok: true });
    await put('site.pem', leaf.chainPem + newLeaf().keyPem);
    expect(await check({}, 'pair')).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('does not match'),
    });
    expect(await check({ installScript: at('no.sh') }, 'install-script')).toMatchObject({ ok: false });
    await put('restart.sh', '#!/bin/sh\n', 0o644);
    await chmod(at('restart.sh'), 0o644);
    const unusable = await check({ restartScript: at('restart.sh') }, 'restart-script');
    expect(unusable).toMatchObject({ ok: false, sentence: expect.stringContaining('chmod +x') });
  });

  it('keeps the order of its parts when it is renewed', async () => {
    const old = newLeaf();
    const [leafPem = '', rest = ''] = old.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    await put('site.pem', leafPem + old.keyPem + rest);
    const fresh = newLeaf();
    const [newLeafPem = '', newRest = ''] = fresh.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    const one = endpoint();
    await one.install(await one.plan('file'), inAgent(fresh));
    expect(await readFile(at('site.pem'), 'utf8')).toBe(newLeafPem + fresh.keyPem + newRest);
  });

  it('keeps the order of its parts with a key that was made on the target', async () => {
    const old = newLeaf();
    const dh = '-----BEGIN DH PARAMETERS-----\nMEYCQQ==\n-----END DH PARAMETERS-----\n';
    await put('site.pem', `${old.chainPem}${old.keyPem}${dh}`, 0o640);
    const one = endpoint();
    const plan = await one.plan('file');
    const key = await keysOf(one).makeKey(plan, 'ec-p384', 't');
    const keyPem = await readFile(key.path, 'utf8');
    const fresh = makeLeaf(testCa, {
      names: ['shop.example'],
      keyOf: { keyPem: '', spki: key.spki, keyType: 'ec-p384' },
    });
    await one.install(plan, { chainPem: fresh.chainPem, key: { where: 'endpoint', path: key.path } });
    expect(await readFile(at('site.pem'), 'utf8')).toBe(fresh.chainPem + keyPem + dh);
  });
});
