import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import { inAgent, newLeaf, open, testCa } from '#test/make/endpoints.ts';
import { storeSettings } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';

const usable = have('keytool') && have('openssl');
const connection = new LocalConnection(systemClock);
const password = 'Store-pw 1';
const searched = process.env.PATH;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trustkeep-reader-'));
});
afterEach(async () => {
  process.env.PATH = searched;
  await rm(dir, { recursive: true, force: true });
});

/** A key store with nothing but a trusted certificate. */
async function trusting(name: string, type: 'JKS' | 'PKCS12'): Promise<string> {
  const [path, root] = [join(dir, name), join(dir, 'root.pem')];
  await writeFile(root, testCa.certPem);
  const store = ['-keystore', path, '-storetype', type, '-storepass:env', 'P'];
  const argv = ['keytool', '-importcert', '-noprompt', '-alias', 'root', '-file', root, ...store] as const;
  const env = { ...childEnvironment(), P: password };
  const { code } = await exec({ argv: [...argv], timeoutMs: 60_000, env });
  expect(code).toBe(0);
  return path;
}

/** What an install of the first key says, with programs of the endpoint that do as told. */
async function installed(
  { type, path, alias = null }: { type: 'jks' | 'p12'; path: string; alias?: string | null },
  programs: Record<string, string> = {},
  store_password = password,
): Promise<string | null> {
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(dir, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(dir, name), 0o755);
    process.env.PATH = `${dir}:${searched}`;
  }
  const own = storeSettings(path, { alias });
  const settings: EndpointSettings = type === 'p12' ? { type, ...own, isLegacy: null } : { type, ...own };
  const endpoint = open({ settings, secrets: { store_password } }, connection);
  const [node] = await endpoint.nodes();
  return endpoint.install(await endpoint.plan(node?.key ?? ''), inAgent(newLeaf()));
}

describe.skipIf(!usable)('the reader of an endpoint', () => {
  test('finds the new certificate under an alias that its character set does not have', async () => {
    for (const type of ['JKS', 'PKCS12'] as const) {
      const path = await trusting(`site.${type}`, type);
      const said = await installed({ type: 'jks', path, alias: 'Müller Straße' });
      expect(said).toMatch(/^keytool on this machine read .* found the new (key and )?certificate\.$/);
    }
  });

  test('is not keytool where the password is too short for that', async () => {
    const [path, key, chain] = ['site.p12', 'key.pem', 'chain.pem'].map((name) => join(dir, name));
    const { keyPem, chainPem } = newLeaf();
    await writeFile(key ?? '', keyPem);
    await writeFile(chain ?? '', chainPem);
    const of = ['-inkey', key ?? '', '-in', chain ?? '', '-name', 'shop', '-passout', 'pass:abc'] as const;
    await exec({ argv: ['openssl', 'pkcs12', '-export', ...of, '-out', path ?? ''], timeoutMs: 60_000 });
    const said = await installed({ type: 'jks', path: path ?? '', alias: 'fresh' }, {}, 'abc');
    expect(said).toMatch(/^openssl on this machine read .* found the new/);
  });

  test('that cannot read what is there either does not keep a store from its first key', async () => {
    const path = await trusting('site.p12', 'PKCS12');
    const said = await installed({ type: 'p12', path }, { openssl: 'echo unsupported >&2; exit 1' });
    expect(said).toMatch(/^openssl on this machine reads neither the present key store nor the new one/);
  });

  test('is not said to be missing where the store could not be put there for it', async () => {
    const path = await trusting('site.jks', 'JKS');
    const said = await installed(
      { type: 'jks', path },
      { mkdir: 'echo No space left on device >&2; exit 1' },
    );
    expect(said).toMatch(/^No other program on this machine read the new key store, because .* \/tmp /);
  });

  test('is quoted with what it says is wrong, not with where it noticed', async () => {
    const path = await trusting('site.jks', 'JKS');
    const trace = Array.from(
      { length: 20 },
      () => '\\tat java.base/sun.security.tools.Main.run(Main.java:1)',
    );
    const broken = `case " $* " in *-alias*) ;; *) exit 0 ;; esac\nprintf 'keytool error: java.io.IOException: not known\\n${trace.join('\\n')}\\n'; exit 1`;
    const refused = installed({ type: 'jks', path }, { keytool: broken });
    await expect(refused).rejects.toMatchObject({
      code: 'key-store.not-read-again',
      message: expect.stringMatching(/: keytool error: java.io.IOException: not known$/),
      hint: expect.not.stringContaining('is_legacy'),
    });
  });
});
