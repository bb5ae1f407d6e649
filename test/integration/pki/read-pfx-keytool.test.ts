import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import { readPfx } from '../../../electron/pki/read-pfx.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { have } from '../../servers/available.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trustkeep-keytool-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe.skipIf(!have('keytool'))('a PFX file written by keytool', () => {
  test.each([
    ['as it does by itself', []],
    ['in the old way (RC2-40, 3DES, SHA-1)', ['-J-Dkeystore.pkcs12.legacy']],
  ])('%s is read', async (_name, options) => {
    const store = join(directory, `${options.length}.p12`);
    const { code } = await exec({
      argv: [
        ...(['keytool', '-genkeypair', '-keystore', store, '-storetype', 'PKCS12'] as const),
        ...[
          '-storepass',
          'changeit',
          '-alias',
          'agent',
          '-keyalg',
          'EC',
          '-dname',
          'CN=Java agent, O=Example',
        ],
        ...options,
      ],
      timeoutMs: 60_000,
      env: childEnvironment(),
    });
    expect(code).toBe(0);
    const found = await readPfx(await readFile(store), Secret.of('changeit'));
    expect(found.subject).toBe('CN=Java agent, O=Example');
    expect(found.keyPem.text()).toContain('BEGIN PRIVATE KEY');
  });
});
