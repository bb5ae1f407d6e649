import { bigipLogin, makeBigip, restSettings, shop, shopKey } from '#test/make/bigip.ts';
import { connectTools } from '#test/make/connection.ts';
import type { EndpointShape, MadeObjects } from '#test/make/endpoints.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';

export const shape: EndpointShape = {
  everything: { type: 'f5', proveBy: 'object', syncGroup: false },
  noKeys: 'a key is uploaded by the agent: a BIG-IP signs no requests for it',
  needs: [],
  cases: {},
  objects: {
    'the EC pair of a client-SSL profile': { make: () => boxWith(shopKey) },
    'the RSA pair beside it': { make: () => boxWith(`client-ssl:${shop}#rsa`, 'rsa') },
  },
};

async function boxWith(nodeKey: string, keyAlgorithm: 'rsa' | 'ecdsa' = 'ecdsa'): Promise<MadeObjects> {
  const bigip = await makeBigip();
  const { world, ports, old, rsa } = bigip;
  const profile = () => world.configuration.clientSsl.get(shop);
  const entry = nodeKey.split('#')[1];
  const path = keyAlgorithm === 'rsa' ? '/Common/shop-rsa.crt' : '/Common/shop-ec.crt';
  return {
    settings: { type: 'f5', proveBy: 'handshake', syncGroup: true },
    nodeKey,
    old: keyAlgorithm === 'rsa' ? rsa : old,
    connect: () => connect(restSettings(bigip), bigipLogin(bigip), connectTools),
    state: () => bigip.state(),
    drifts: [
      [
        () => world.configuration.certs.set(path, { pem: bigip.blog.certPem, createdBy: 'x' }),
        'has other content',
      ],
      [
        () =>
          profile()?.certKeyChain.forEach((one) => {
            if (one.name === entry) one.chain = '/Common/blog.crt';
          }),
        'chain /Common/blog.crt',
      ],
      [
        () => void world.virtuals.delete('/Common/vs_child'),
        'the virtual servers of /Common/shop are others',
      ],
      [() => void world.configuration.clientSsl.delete(shop), 'is missing'],
    ],
    served: async () => {
      const answer = await probeTls({
        ...{
          address: '127.0.0.1',
          port: ports.shop,
          serverName: 'shop.example',
          timeoutMs: 5000,
          keyAlgorithm,
        },
      });
      return answer.kind === 'certificate' ? answer.leafFingerprint : undefined;
    },
    fail: (fault) => void world.faults.push({ ...fault }),
    failed: () => world.faults.splice(0).length === 0,
    stop: () => bigip.stop(),
  };
}
