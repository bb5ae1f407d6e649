import { join } from 'node:path';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { type EndpointShape, giveAway, type MadeEndpoint, names, newLeaf } from '#test/make/endpoints.ts';
import { type ApacheOptions, startApache } from '#test/servers/apache.ts';

const own = '  SSLCertificateFile {dir}/tls/shop.crt\n  SSLCertificateKeyFile {dir}/tls/shop.key\n';
const host = (serverNames: readonly string[], address: string, lines = own): string =>
  `<VirtualHost ${address}>
  ServerName ${serverNames[0]}
${serverNames
  .slice(1)
  .map((name) => `  ServerAlias ${name}\n`)
  .join('')}  SSLEngine on
${lines}</VirtualHost>
`;

export const shape: EndpointShape = {
  everything: {
    ...{ type: 'apache', apachectlPath: '/usr/sbin/apache2ctl', serverRoot: '/etc/apache2-shop' },
    ...{ configFile: '/etc/apache2-shop/apache2.conf', certDir: '/etc/ssl/shop' },
  },
  needs: ['apache2', 'openssl'],
  cases: {
    'Apache with files of its own': {
      make: () => apacheWith({ site: host(names, '127.0.0.1:{port}') }, newLeaf(), 0),
      also: ['SSH as root'],
    },
    'Apache in the layout of RHEL, with a certificate that a stranger uses too': {
      make: () =>
        apacheWith(
          {
            layout: 'rhel',
            site: host(['other.example'], '127.0.0.1:{port}') + host(names, '127.0.0.1:{port2}'),
          },
          newLeaf(),
          1,
        ),
      also: ['SSH with sudo'],
    },
    'Apache with an old chain file': {
      make: () => {
        const old = newLeaf();
        const lines = `${own}  SSLCertificateChainFile {dir}/tls/chain.pem\n`;
        const files = { 'tls/chain.pem': old.chainPem.slice(old.certPem.length) };
        return apacheWith({ site: host(names, '127.0.0.1:{port}', lines), files }, old, 0);
      },
      also: [],
    },
  },
};

async function apacheWith(options: ApacheOptions, old: MadeLeaf, index: number): Promise<MadeEndpoint> {
  const server = await startApache({
    ...options,
    files: { ...options.files, 'tls/shop.crt': old.chainPem, 'tls/shop.key': old.keyPem },
  });
  await giveAway(join(server.dir, 'tls/shop.crt'), 0o664);
  await giveAway(join(server.dir, 'tls/shop.key'), 0o640);
  const settings = { type: 'apache', ...server.settings, certDir: null } as const;
  const nodeKey = `127.0.0.1:${server.ports[index]} shop.example,www.shop.example`;
  return { dir: server.dir, settings, nodeKey, old, stop: server.stop };
}
