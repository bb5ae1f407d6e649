import type { Log } from '#kit/log.ts';
import { peerOverHttp, planted, type StorePeer, type StoreShape } from '#test/make/store-peers.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { fixtureOverApi } from '#test/servers/vault-fixture.ts';
import { startVault } from '#test/servers/vault-strict.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';

export const shape: StoreShape = {
  needs: ['openssl'],
  remote: true,
  passphrases: true,
  start,
};

async function start(log: Log): Promise<StorePeer> {
  const vault = await startVault();
  const fixture = fixtureOverApi({
    ...{ url: vault.url, caPem: vault.caPem, token: vault.rootToken, prefix: 'suite' },
  });
  const { username, password, privateKey, passphrase } = planted;
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'servers/web', { username, password });
  await fixture.put('kv', 2, 'servers/key', { username, privatekey: privateKey, passphrase });
  const token = await fixture.makeToken({ rules: { 'kv/data/*': ['read'] } });
  return peerOverHttp({
    ...{ log, url: vault.url, caPem: vault.caPem ?? '' },
    state: memoryStoreState({ [storeSecrets.token]: token }),
    wrong: { [storeSecrets.token]: planted.login },
    settings: (url, verify, trustedRootsPem) => ({
      ...{ kind: 'hashicorp', vaultUrl: url, auth: { type: 'Token' }, rootPath: 'kv', namespace: null },
      ...{ authMount: 'approle', trustedRootsPem, verify },
    }),
    ids: { password: 'servers/web', key: 'servers/key', unknown: 'servers/nobody', bad: '../sys/mounts' },
    incidents: () => vault.incidents,
    stop: () => vault.stop(),
  });
}
