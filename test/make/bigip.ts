import { X509Certificate } from 'node:crypto';
import type { RestSettings } from '#shared/catalog/connections/rest.ts';
import type { RestInsecureSettings } from '#shared/catalog/connections/rest_insecure.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { names, testCa } from '#test/make/endpoints.ts';
import { type Bigip, type BigipOptions, startBigip } from '#test/servers/bigip.ts';
import { pinOf } from '../../electron/net/expected-certificate.ts';
import type { LoginMaterial } from '../../electron/providers/connections/connection.ts';
import { Secret } from '../../electron/secrets/secret.ts';

/** Nobody looks at more than its fingerprint. */
const management = makeLeaf(testCa, { names: ['bigip1.example'] });
const managementPin = pinOf(new X509Certificate(management.certPem).fingerprint256);

export const shop = '/Common/shop';
export const shopKey = `client-ssl:${shop}#default`;

/** A box with a profile that has a pair of each kind, one that inherits from it, one for another name, and one towards servers. */
interface MadeBigip extends Bigip {
  /** Of `shop`: its EC pair, which has an intermediate, and its RSA pair. */
  old: MadeLeaf;
  rsa: MadeLeaf;
  blog: MadeLeaf;
  ports: { shop: number; child: number };
}

/** A box as it comes: its built-in profiles, and nothing else. */
export function plainBigip(options: Partial<BigipOptions> = {}): Promise<Bigip> {
  return startBigip({ tls: { certificatePem: management.certPem, keyPem: management.keyPem }, ...options });
}

export async function makeBigip(options: Partial<BigipOptions> = {}): Promise<MadeBigip> {
  const bigip = await plainBigip(options);
  const old = makeLeaf(testCa, { names, intermediate: true });
  const rsa = makeLeaf(testCa, { names, keyType: 'rsa-2048' });
  const blog = makeLeaf(testCa, { names: ['blog.example'] });
  const put = (stem: string, { certPem, chainPem, keyPem }: MadeLeaf) =>
    bigip.addPair(stem, { certPem, keyPem, chainPem: chainPem.slice(certPem.length) });
  const certKeyChain = [
    { name: 'default', ...put('/Common/shop-ec', old) },
    { name: 'rsa', ...put('/Common/shop-rsa', rsa) },
  ];
  bigip.addClientSsl({ fullPath: shop, certKeyChain, sniDefault: true });
  bigip.addClientSsl({ fullPath: '/Common/child', defaultsFrom: shop });
  bigip.addClientSsl({
    ...{ fullPath: '/Common/blog', serverName: 'blog.example' },
    certKeyChain: [{ name: 'blog', ...put('/Common/blog', blog) }],
  });
  bigip.world.configuration.serverSsl.set('/Tenant/app/backend', {
    ...{ fullPath: '/Tenant/app/backend', defaultsFrom: '/Common/serverssl' },
    ...put('/Tenant/backend', makeLeaf(testCa, { names: ['client.example'] })),
  });
  const ports = {
    shop: await bigip.addVirtual({ fullPath: '/Common/vs_shop', clientSide: [shop, '/Common/blog'] }),
    child: await bigip.addVirtual({ fullPath: '/Common/vs_child', clientSide: ['/Common/child'] }),
  };
  bigip.world.virtuals.set('/Common/vs_domain', {
    ...{ fullPath: '/Common/vs_domain', destination: '/Common/10.0.0.1%2:443', enabled: true },
    ...{ clientSide: [shop], serverSide: ['/Tenant/app/backend'] },
  });
  return { ...bigip, old, rsa, blog, ports };
}

export function restSettings({ host, port, user }: Bigip, other: Partial<RestSettings> = {}): RestSettings {
  return {
    ...{ type: 'rest', host, port, user, auth: 'password', store: null, storeCredentialId: null },
    ...{ pins: true, certificate: managementPin },
    ...other,
  };
}

export function insecureSettings({ host, port, user }: Bigip, until = '2999-12-31'): RestInsecureSettings {
  return {
    ...{ type: 'rest_insecure', host, port, user, auth: 'password', store: null, storeCredentialId: null },
    ...{ reason: 'the certificate is being replaced', until },
  };
}

export const bigipLogin = ({ password }: Bigip): LoginMaterial => ({ password: Secret.of(password) });
