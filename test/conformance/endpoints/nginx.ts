import { join } from 'node:path';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { type EndpointShape, giveAway, type MadeEndpoint, names, newLeaf } from '#test/make/endpoints.ts';
import { type NginxOptions, startNginx } from '#test/servers/nginx.ts';

const pair = { certificate: 'tls/shop.crt', key: 'tls/shop.key' };

export const shape: EndpointShape = {
  everything: {
    ...{ type: 'nginx', nginxConfigPath: '/etc/nginx/nginx.conf', nginxPath: '/usr/sbin/nginx' },
    nginxPrefix: '/srv/nginx',
  },
  needs: ['nginx', 'openssl'],
  cases: {
    'nginx with files of its own': {
      make: () =>
        nginxWith(
          { servers: [{ listen: ['127.0.0.1:{port} ssl'], names, certificates: [pair] }] },
          newLeaf(),
          0,
        ),
      also: ['SSH as root'],
    },
    'nginx with a certificate that a stranger uses too': {
      make: () =>
        nginxWith(
          {
            servers: [
              { listen: ['127.0.0.1:{port} ssl'], names: ['other.example'], certificates: [pair] },
              { listen: ['127.0.0.1:{port2} ssl'], names, certificates: [pair] },
            ],
          },
          newLeaf(),
          1,
        ),
      also: ['SSH with sudo'],
    },
  },
};

async function nginxWith(options: NginxOptions, old: MadeLeaf, index: number): Promise<MadeEndpoint> {
  const server = await startNginx({
    ...options,
    files: { 'tls/shop.crt': old.chainPem, 'tls/shop.key': old.keyPem },
  });
  await giveAway(join(server.dir, 'tls/shop.crt'), 0o664);
  await giveAway(join(server.dir, 'tls/shop.key'), 0o640);
  const settings = { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: null } as const;
  const place = server.ports[index];
  const nodeKey = `http 127.0.0.1:${place} shop.example,www.shop.example`;
  return { dir: server.dir, settings, nodeKey, old, stop: server.stop };
}
