import { join } from 'node:path';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { type EndpointShape, giveAway, type MadeEndpoint, newLeaf } from '#test/make/endpoints.ts';
import { keyPassword, keyStoreFile, storePassword } from '#test/make/key-store-files.ts';
import { type RunningTomcat, sharedTomcat, type TomcatOptions } from '#test/servers/tomcat.ts';
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
  needs: ['java', 'keytool', 'openssl', join(fetchedTomcat(10) ?? '/no/tomcat', 'bin/catalina.sh')],
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
    'Tomcat with a JKS store of two keys, of which one has its own password': {
      make: () => tomcatWithStore('jks', `certificateKeyPassword="${keyPassword}"`),
      also: [],
      inStore: true,
    },
    'Tomcat with a PKCS#12 store of two keys': {
      make: () => tomcatWithStore('pkcs12 of Java'),
      also: ['SSH as root'],
      inStore: true,
      long: true,
    },
  },
};

const shared = sharedTomcat();
const sharedStores = sharedTomcat();

/** The entry `shop` of a key store that has another one, too. */
async function tomcatWithStore(kind: 'jks' | 'pkcs12 of Java', more = ''): Promise<MadeEndpoint> {
  const { bytes, old } = await keyStoreFile(kind);
  const named = `certificateKeystoreFile="tls/shop.jks" certificateKeystorePassword="${storePassword}"`;
  const type = `certificateKeystoreType="${kind === 'jks' ? 'JKS' : 'PKCS12'}"`;
  const server = await sharedStores({
    ...{ roles: 'manager-script', password: '' },
    connectors: connector(
      '{port2}',
      host('_default_', `${named} ${type} certificateKeyAlias="shop" ${more}`),
    ),
    files: { 'tls/shop.jks': bytes },
  });
  await giveAway(join(server.dir, 'tls/shop.jks'), 0o640);
  return madeFrom(server, 2, '_default_', old);
}

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
  return madeFrom(server, port, hostName, old);
}

function madeFrom(server: RunningTomcat, port: number, hostName: string, old: MadeLeaf): MadeEndpoint {
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
