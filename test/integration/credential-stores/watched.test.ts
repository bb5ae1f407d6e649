import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startAgent, tempDirectory } from '#test/make/agent.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';

const minute = 60_000;
const waiting = { timeout: 20_000, interval: 100 };
let vault: VaultServer;
let directory: ReturnType<typeof tempDirectory>;

beforeEach(async () => {
  vault = await startVault();
  directory = tempDirectory('watched');
});
afterEach(async () => {
  expect(vault.incidents).toEqual([]);
  await vault.stop();
  directory.remove();
});

test('a token is renewed after a restart although nobody reads from the store', async () => {
  const token = vault.state.makeToken({
    creationTtl: 3600,
    policies: ['root'],
    displayName: 'agent',
    renewable: true,
  });
  const first = await startAgent({ dataDirectory: directory.path });
  await first.call.credentialStores.add({
    kind: 'hashicorp',
    storename: 'vault',
    vaulturl: vault.url,
    trusted_roots: vault.caPem ?? '',
    token: token.id,
    rootpath: 'secret',
  });
  await first.close();
  const clock = new JumpingClock();
  const second = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
  try {
    const looked = vault.count('auth/token/lookup-self');
    await vi.waitFor(() => {
      clock.jump(minute);
      expect(vault.count('auth/token/lookup-self')).toBeGreaterThan(looked);
    }, waiting);
    await vi.waitFor(() => {
      clock.jump(45 * minute);
      expect(vault.count('auth/token/renew-self')).toBeGreaterThan(0);
    }, waiting);
  } finally {
    await second.close();
  }
});
