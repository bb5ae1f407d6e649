import { join } from 'node:path';
import { type EndpointShape, giveAway, type MadeEndpoint, newLeaf } from '#test/make/endpoints.ts';
import { sharedTomcat, type TomcatOptions } from '#test/servers/tomcat.ts';
import { fetchedTomcat } from '../../../scripts/find-tomcat.ts';

const connector = (port: string, hosts: string): string =>
  `<Connector port="${port}" address="127.0.0.1" SSLEnabled="true">${hosts}</Connector>`;
const own = 'certificateFile="tls/shop.crt" certificateKeyFile="tls/shop.key"';
const host = (name: string, attributes = own): string =>
  `<SSLHostConfig hostName="${name}"><Certificate ${attributes}/></SSLHostConfig>`;

export const shape: EndpointShape = {
  everything: {
    ...{ type: 'tomcat', tomcatDir: '/opt/tomcat', managerUrl: 'http://localhost:8080/manager' },
    ...{ managerUser: 'deploy', service: 'tomcat10', restartMethod: 'service' },
    secrets: {
      manager_password: { from: 'credential-store', store: 'store_1', credentialId: 'tomcat/manager' },
    },
  },
  needs: ['java', 'openssl', join(fetchedTomcat(10) ?? '/no/tomcat', 'bin/catalina.sh')],
  cases: {
    'Tomcat with files of its own': {
      make: () => tomcatWith({ connectors: connector('{port2}', host('_default_')) }, 2, '_default_'),
      also: ['SSH as root'],
    },
    'Tomcat with a certificate that a stranger uses too, in a file of its own': {
      make: () =>
        tomcatWith(
          {
            doctype: '<!DOCTYPE Server [<!ENTITY shop SYSTEM "shop.xml">]>\n',
            connectors: `${connector('{port2}', host('_default_'))}\n&shop;`,
            files: { 'conf/shop.xml': connector('{port3}', host('_default_') + host('shop.example')) },
          },
          3,
          'shop.example',
        ),
      also: [],
      long: true,
    },
  },
};

const shared = sharedTomcat();

async function tomcatWith(options: TomcatOptions, port: number, hostName: string): Promise<MadeEndpoint> {
  const old = newLeaf();
  const server = await shared({
    ...{ roles: 'manager-script', password: '' },
    ...options,
    files: {
      ...options.files,
      ...{ 'tls/shop.crt': old.chainPem, 'tls/shop.key': old.keyPem },
    },
  });
  await giveAway(join(server.dir, 'tls/shop.crt'), 0o664);
  await giveAway(join(server.dir, 'tls/shop.key'), 0o640);
  return {
    dir: server.dir,
    settings: {
      ...{ type: 'tomcat', tomcatDir: server.dir, service: null, restartMethod: 'auto' },
      ...{ managerUrl: `http://127.0.0.1:${server.ports[0]}/manager`, managerUser: 'deploy' },
      secrets: { manager_password: null },
    },
    nodeKey: `https 127.0.0.1:${server.ports[port - 1]} ${hostName}`,
    old,
    // the server is that of the next test too
    stop: async () => {},
  };
}
