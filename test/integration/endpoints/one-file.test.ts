import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { inAgent, type MadeEndpoint, newLeaf, open } from '#test/make/endpoints.ts';
import { storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { certificateFingerprint } from '../../../electron/pki/fingerprint.ts';
import { readKeyStore } from '../../../electron/pki/key-store/read-key-store.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const connection = new LocalConnection(systemClock);
const searched = process.env.PATH;

let made: MadeEndpoint;
beforeEach(async () => {
  made = await storeEndpoint('jks', 'jks');
});
afterEach(async () => {
  process.env.PATH = searched;
  await made.stop();
});

const path = (): string => ('path' in made.settings ? made.settings.path : '');
const adapter = () => open({ settings: made.settings, secrets: { ...made.secrets } }, connection);

async function leafOf(alias: string): Promise<string> {
  const { entries } = await readKeyStore(await readFile(path()), { store: Secret.of(storePassword) });
  const [leaf = Buffer.alloc(0)] = entries.find((one) => one.alias === alias)?.chain ?? [];
  return certificateFingerprint(leaf);
}

describe.skipIf(!have('keytool'))('a key store of two endpoints', () => {
  test('keeps what one of them installs while the other one does', async () => {
    const [shop, blog] = [adapter(), adapter()];
    const plans = [await shop.plan('shop'), await blog.plan('blog')] as const;
    const before = await leafOf('blog');
    const [one, other] = [newLeaf(), newLeaf()];
    const [first, second] = await Promise.allSettled([
      shop.install(plans[0], inAgent(one)),
      blog.install(plans[1], inAgent(other)),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'endpoint.drifted' } });
    expect(await leafOf('shop')).toBe(one.facts.fingerprint);
    expect(await leafOf('blog')).toBe(before);
  });

  test('is not replaced once someone changed it while the program of the endpoint read the new one', async () => {
    const endpoint = adapter();
    const plan = await endpoint.plan('shop');
    const tool = join(made.dir, 'keytool');
    await writeFile(tool, `#!/bin/sh\necho mine >'${path()}'\nPATH='${searched}' exec keytool "$@"\n`);
    await chmod(tool, 0o755);
    process.env.PATH = `${made.dir}:${searched}`;
    await expect(endpoint.install(plan, inAgent(newLeaf()))).rejects.toMatchObject({
      ...{ code: 'endpoint.drifted', message: expect.stringContaining('has other content') },
    });
    expect(await readFile(path(), 'utf8')).toBe('mine\n');
  });
});
