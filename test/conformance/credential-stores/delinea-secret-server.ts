import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '#kit/log.ts';
import { peerOverHttp, planted, type StorePeer, type StoreShape } from '#test/make/store-peers.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { startSecretServerStrict } from '#test/servers/secret-server-strict.ts';
import { makeTlsMaterial } from '#test/servers/tls-material.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';

export const shape: StoreShape = {
  needs: ['openssl'],
  remote: true,
  passphrases: true,
  start,
};

async function start(log: Log): Promise<StorePeer> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-suite-'));
  const user = { slug: 'username', value: planted.username };
  const server = await startSecretServerStrict({
    ...{
      tls: await makeTlsMaterial(directory),
      users: { agent: { password: planted.login } },
      lockAfter: 10,
    },
    secrets: [
      {
        ...{ id: 12, path: '\\Servers\\web' },
        items: [user, { slug: 'password', value: planted.password, isPassword: true }],
      },
      {
        ...{ id: 13, path: '\\Servers\\key' },
        items: [
          user,
          { slug: 'private-key', value: planted.privateKey, isFile: true },
          { slug: 'private-key-passphrase', value: planted.passphrase, isPassword: true },
        ],
      },
    ],
  });
  return peerOverHttp({
    ...{ log, url: server.url, caPem: server.caPem },
    state: memoryStoreState({ [storeSecrets.password]: planted.login }),
    wrong: { [storeSecrets.password]: `${planted.login}-wrong` },
    settings: (url, verify, trustedRootsPem) => ({
      ...{ kind: 'delinea-secret-server', url, username: 'agent', domain: null, comment: null },
      ...{ trustedRootsPem, verify },
    }),
    missing: 'credential.denied',
    ids: { password: '12', key: '13', unknown: '99', bad: 'web; drop' },
    incidents: () => server.incidents,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  });
}
