import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import { endpointTools } from '#test/make/endpoints.ts';
import { storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import type { EndpointTools } from '../../../electron/providers/endpoints/common/tools.ts';
import { makeEndpoint } from '../../../electron/providers/endpoints/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const usable = have('openssl') && process.getuid?.() === 0;
const connection = new LocalConnection(systemClock);

test.skipIf(!usable)(
  'a restart needs no password, and what its script printed is shown only when those can be masked',
  async () => {
    const made = await storeEndpoint('p12', 'modern');
    onTestFinished(made.stop);
    const script = join(made.dir, 'restart.sh');
    await writeFile(script, `#!/bin/sh\necho "password ${storePassword}"\nexit 4\n`);
    await chmod(script, 0o755);
    const settings = { ...made.settings, restartScript: script } as EndpointSettings;
    const failing = (secrets: EndpointTools['secrets']) =>
      makeEndpoint(settings, connection, { ...endpointTools, secrets }).powers.restarts?.restart();
    await expect(failing({ open: async () => Secret.of(storePassword) })).rejects.toMatchObject({
      ...{ code: 'endpoint.restart-failed', peerSaid: 'password [secret]' },
    });
    const locked = async () => {
      throw new Failure('keychain.locked', 'The keychain is locked.');
    };
    await expect(failing({ open: locked })).rejects.toMatchObject({
      ...{ code: 'endpoint.restart-failed', peerSaid: expect.stringContaining('is not shown') },
    });
  },
);

test.skipIf(!usable)('a restart is told with how its script ended and what it printed', async () => {
  const made = await storeEndpoint('p12', 'modern');
  onTestFinished(made.stop);
  const script = join(made.dir, 'restart.sh');
  const settings = { ...made.settings, restartScript: script } as EndpointSettings;
  const secrets = { open: async () => Secret.of(storePassword) };
  const restarted = async (text: string) => {
    await writeFile(script, `#!/bin/sh\n${text}\n`);
    await chmod(script, 0o755);
    return makeEndpoint(settings, connection, { ...endpointTools, secrets }).powers.restarts?.restart();
  };
  expect(await restarted(`echo "loaded with ${storePassword}."`)).toMatchObject({
    said: 'The restart script ended with code 0: loaded with [secret].',
  });
  expect(await restarted('')).toMatchObject({ said: 'The restart script ended with code 0.' });
});
