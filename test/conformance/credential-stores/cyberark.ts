import type { Log } from '#kit/log.ts';
import { peerOverHttp, planted, type StorePeer, type StoreShape } from '#test/make/store-peers.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { startCcpStrict } from '#test/servers/ccp-strict.ts';

/** The CCP gives the private key alone. */
export const shape: StoreShape = {
  needs: ['openssl'],
  remote: true,
  passphrases: false,
  start,
};

async function start(log: Log): Promise<StorePeer> {
  const account = { Safe: 'Web', Folder: 'Root', UserName: planted.username };
  const ccp = await startCcpStrict({
    ...{ clientCertificates: 'ask' },
    applications: { Trustkeep: { safes: ['Web'] }, Certified: { safes: ['Web'], certificateSerial: '1A2B' } },
    accounts: [
      { ...account, Name: 'web', Content: planted.password },
      { ...account, Name: 'key', Content: planted.privateKey },
    ],
  });
  return peerOverHttp({
    ...{ log, url: ccp.url, caPem: ccp.caPem, state: memoryStoreState(), wrong: {} },
    settings: (url, verify, trustedRootsPem, wrongLogin) => ({
      ...{ kind: 'cyberark', ccpUrl: url, appId: wrongLogin ? 'Certified' : 'Trustkeep' },
      ...{ hasCertificate: false, reason: null, trustedRootsPem, verify },
    }),
    ids: {
      ...{ password: 'Safe=Web;Object=web', key: 'Safe=Web;Object=key' },
      ...{ unknown: 'Safe=Web;Object=nobody', bad: 'web' },
    },
    incidents: () => ccp.incidents,
    stop: () => ccp.stop(),
  });
}
