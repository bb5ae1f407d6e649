import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import { inAgent, type MadeEndpoint, newLeaf, open } from '#test/make/endpoints.ts';
import { keyPassword, storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { readKeyStore } from '../../../electron/pki/key-store/read-key-store.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const usable = have('keytool') && have('openssl') && process.getuid?.() === 0;

const toStop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
});

async function storeOf(...which: Parameters<typeof storeEndpoint>): Promise<MadeEndpoint> {
  const made = await storeEndpoint(...which);
  toStop.push(made.stop);
  return made;
}

const connection = new LocalConnection(systemClock);
const pathOf = ({ settings }: MadeEndpoint): string => ('path' in settings ? settings.path : '');

function adapter(made: MadeEndpoint, change: Partial<EndpointSettings> = {}, secrets = made.secrets) {
  const settings = { ...made.settings, ...change } as EndpointSettings;
  return open({ settings, ...(secrets === undefined ? {} : { secrets }) }, connection);
}

async function keytool(...args: string[]): Promise<string> {
  const env = { ...childEnvironment(), P: storePassword, K: keyPassword };
  const { stdout } = await exec({
    argv: ['keytool', '-J-Duser.language=en', ...args],
    timeoutMs: 60_000,
    env,
  });
  return stdout.toString();
}

async function entriesIn(made: MadeEndpoint) {
  const store = Secret.of(storePassword);
  const { entries } = await readKeyStore(await readFile(pathOf(made)), { store });
  return entries.map(({ alias, kind, chain }) => ({
    alias,
    kind,
    chain: chain.map((der) => der.toString('hex')),
  }));
}

const checkOf = async (
  made: MadeEndpoint,
  name: string,
  change: Partial<EndpointSettings> = {},
  secrets = made.secrets,
) => (await adapter(made, change, secrets).probe()).checks.find((one) => one.name === name);

describe.skipIf(!usable)('a JKS endpoint', () => {
  test('replaces one entry, leaves the others, and keytool opens the new key with its own password', async () => {
    const made = await storeOf('jks', 'jks');
    const [before, endpoint, leaf] = [await entriesIn(made), adapter(made), newLeaf()];
    expect((await endpoint.nodes()).map(({ key, notInstallable }) => [key, notInstallable])).toEqual([
      ['shop', null],
      ['blog', null],
    ]);
    const plan = await endpoint.plan('shop');
    expect(plan.changes).toMatchObject([
      { kind: 'file', path: pathOf(made), holds: 'certificate-and-key' },
      {
        kind: 'key-store-entry',
        alias: 'shop',
        entry: 'key',
        before: { certificate: made.old.facts.fingerprint },
      },
    ]);
    expect(plan.warnings.join(' ')).toMatch(/carried over as they are: .*blog \(private key\)/);
    const said = await endpoint.install(plan, inAgent(leaf));
    expect(said).toMatch(
      /^keytool on this machine read the new key store and found the new key and certificate\.$/,
    );
    const after = await entriesIn(made);
    expect(after.filter(({ alias }) => alias !== 'shop')).toEqual(
      before.filter(({ alias }) => alias !== 'shop'),
    );
    const store = ['-keystore', pathOf(made), '-storepass:env', 'P'];
    expect(await keytool('-certreq', '-alias', 'shop', ...store, '-keypass:env', 'K')).toContain('REQUEST');
    expect(await keytool('-certreq', '-alias', 'blog', ...store, '-keypass:env', 'P')).toContain('REQUEST');
  });

  test('refuses a plan once someone else replaced the entry, and says that it was the entry', async () => {
    const made = await storeOf('jks', 'jks');
    const endpoint = adapter(made);
    const [shop, blog] = [await endpoint.plan('shop'), await endpoint.plan('blog')];
    await adapter(made).install(shop, inAgent(newLeaf()));
    await expect(endpoint.checkDrift(shop)).rejects.toMatchObject({
      code: 'endpoint.drifted',
      message: expect.stringContaining(`the entry shop of ${pathOf(made)} holds another certificate`),
    });
    const other = endpoint.checkDrift(blog);
    await expect(other).rejects.toThrow('has other content');
    await expect(other).rejects.not.toThrow('the entry blog');
  });

  test('keeps the secret key of a JCEKS store', async () => {
    const made = await storeOf('jks', 'jceks');
    const [before, endpoint] = [await entriesIn(made), adapter(made)];
    expect(await endpoint.install(await endpoint.plan('shop'), inAgent(newLeaf()))).toContain(
      'found the new key',
    );
    const rest = (all: typeof before) => all.filter(({ alias }) => alias !== 'shop');
    expect(rest(await entriesIn(made))).toEqual(rest(before));
    const list = await keytool(
      '-list',
      '-keystore',
      pathOf(made),
      '-storetype',
      'JCEKS',
      '-storepass:env',
      'P',
    );
    expect(list).toMatch(/aes, .*SecretKeyEntry/);
  });

  test('refuses a plan for a key that has another password than the one that is set', async () => {
    const made = await storeOf('jks', 'jks');
    const secrets = { store_password: storePassword, key_password: 'another one' };
    await expect(adapter(made, {}, secrets).plan('shop')).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringContaining('does not open the key "shop"'),
    });
    expect(await checkOf(made, 'pair', {}, secrets)).toMatchObject({ ok: false });
  });

  test('that has no key yet gets its first under the alias that is set, which must not be that of a trusted certificate', async () => {
    const made = await storeOf('jks', 'jks');
    const endpoint = adapter(made, { alias: 'Fresh' });
    const { sentence } = (await checkOf(made, 'pair', { alias: 'Fresh' })) ?? {};
    expect(sentence).toBe('It has no private key with the alias Fresh yet; one will be added.');
    expect(await endpoint.powers.restarts?.restart()).toEqual({ settled: false, noScript: true });
    const plan = await endpoint.plan('fresh');
    expect(plan.changes[1]).toMatchObject({ alias: 'Fresh', before: null });
    await endpoint.install(plan, inAgent(newLeaf()));
    expect((await entriesIn(made)).map(({ alias }) => alias.toLowerCase())).toContain('fresh');
    const taken = adapter(made, { alias: 'root' });
    expect((await taken.nodes())[0]?.notInstallable).toMatch(/"root" in .* belongs to a trusted certificate/);
    await expect(taken.plan('root')).rejects.toMatchObject({ code: 'node.not-installable' });
  });
});

describe.skipIf(!usable)('a P12 endpoint', () => {
  test('is written as it was, unless something else is said, and says which programs will not open it', async () => {
    const made = await storeOf('p12', 'legacy');
    const kept = await adapter(made).plan('shop');
    const modern = await adapter(made, { isLegacy: false }).plan('shop');
    const fact = (plan: typeof kept, name: string) =>
      plan.remembers.facts.find((one) => one.name === name)?.value ?? '';
    expect(fact(kept, 'protectedAfter')).not.toContain('AES');
    expect(fact(modern, 'protectedAfter')).toContain('AES');
    expect(modern.warnings.join(' ')).toContain(
      'will not open in Java before 8u301 and 11.0.12, Windows Server 2016',
    );
    expect(kept.warnings.join(' ')).not.toContain('which can open the present one');
    const endpoint = adapter(made);
    expect(await endpoint.install(kept, inAgent(newLeaf()))).toMatch(
      /^openssl on this machine .* new key and certificate\.$/,
    );
  });

  test('gives the same bytes for the same plan and material, and others for another key', async () => {
    const made = await storeOf('p12', 'pkcs12 of Java');
    const plan = await adapter(made).plan('shop');
    const [one, other] = [inAgent(newLeaf()), inAgent(newLeaf())];
    const hashes = await adapter(made).afterHashes(plan, one);
    expect(await adapter(made).afterHashes(plan, one)).toEqual(hashes);
    expect(await adapter(made).afterHashes(plan, other)).not.toEqual(hashes);
    expect(hashes[`${pathOf(made)} shop`]).toMatch(/^[0-9a-f]{64}$/);
    await adapter(made).install(plan, one);
    expect(await adapter(made).afterHashes(plan, one)).toEqual(hashes);
  });

  test('is refused before any change when the program of the endpoint does not read the new store', async () => {
    const made = await storeOf('p12', 'modern');
    const endpoint = adapter(made);
    const plan = await endpoint.plan('shop');
    const before = await readFile(pathOf(made));
    // the reader opens the present store, and no other
    const tool = join(made.dir, 'openssl');
    await writeFile(
      tool,
      `#!/bin/sh\ncmp -s "$(echo "$@" | sed 's/.*-in \\([^ ]*\\).*/\\1/')" '${pathOf(made)}' || { echo 'Mac verify error'; exit 1; }\n`,
    );
    await chmod(tool, 0o755);
    const path = process.env.PATH;
    process.env.PATH = `${made.dir}:${path}`;
    try {
      await expect(endpoint.install(plan, inAgent(newLeaf()))).rejects.toMatchObject({
        code: 'key-store.not-read-again',
        message: expect.stringContaining('Mac verify error'),
      });
    } finally {
      process.env.PATH = path;
    }
    expect(await readFile(pathOf(made))).toEqual(before);
  });

  test('follows a link to the real file, and says in one sentence what is wrong with a store', async () => {
    const made = await storeOf('p12', 'modern');
    const link = join(made.dir, 'link.p12');
    await symlink(pathOf(made), link);
    const plan = await adapter(made, { path: link }).plan('shop');
    expect(plan.standsOn).toEqual([{ what: 'link', name: link, leadsTo: pathOf(made) }]);
    const wrong: [Partial<EndpointSettings>, Record<string, string> | undefined, string | null, RegExp][] = [
      [{}, { store_password: 'wrong one' }, null, /does not open the key store \S*site\.p12/],
      [{ path: join(made.dir, 'none') }, made.secrets, null, /There is no key store \S*none on this machine/],
      [{ path: made.dir }, made.secrets, null, /is not a plain file/],
      [
        {},
        made.secrets,
        '-----BEGIN CERTIFICATE-----\n',
        /The file \S*site\.p12 .* is not a key store: it is a PEM file/,
      ],
      [{}, made.secrets, 'nonsense', /The file \S*site\.p12 .* is not a key store/],
      [{}, made.secrets, '', /is not a key store: it is empty/],
    ];
    for (const [change, secrets, content, words] of wrong) {
      if (content !== null) await writeFile(pathOf(made), content);
      expect(await checkOf(made, 'file', change, secrets)).toMatchObject({
        ok: false,
        sentence: expect.stringMatching(words),
      });
      await expect(adapter(made, change, secrets).nodes()).rejects.toThrow(words);
    }
  });
});
