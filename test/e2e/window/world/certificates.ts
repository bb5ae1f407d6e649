import type { Certificate } from '#shared/model/certificate.ts';
import type { NodeSpec } from './endpoint-specs.ts';
import { issuers } from './said-by-others.ts';
import { day, fakeHash, hour, type World } from './world.ts';

/** The certificate of a node; known to the world from here on. */
export function certificateOf(world: World, node: NodeSpec): Certificate {
  const issuer = node.issuer ?? 'local';
  const seed = `${node.names.join()}${issuer}${node.left}`;
  const notAfter = world.now + (node.left ?? 0) * day + 3 * hour;
  const certificate: Certificate = {
    fingerprint: fakeHash(seed),
    keyFingerprint: fakeHash(`${seed}key`),
    serial: fakeHash(`${seed}serial`).slice(0, 32).toUpperCase(),
    subject: `CN=${node.names[0]}`,
    issuer: issuers[issuer],
    names: node.names.filter((name) => !name.startsWith('~') && name !== '_'),
    notBefore: notAfter - (issuer === 'corp' ? 365 : 90) * day,
    notAfter,
    keyType: issuer === 'corp' ? 'rsa-2048' : 'ec-p256',
    selfSigned: false,
    orderNumber: node.order ?? null,
    chainPem: node.order === undefined ? '' : fakePem,
    firstSeenAt: notAfter - 80 * day,
    revoked: null,
  };
  if (!world.certificates.some((one) => one.fingerprint === certificate.fingerprint))
    world.certificates.push(certificate);
  return certificate;
}

export const fakePem = `-----BEGIN CERTIFICATE-----
MIIBszCCAVmgAwIBAgIUDemoDemoDemoDemoDemoDemoDemowCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUVHJ1c3RrZWVwIGxvY2FsIHJvb3QwHhcNMjUwMTAxMDAwMDAw
-----END CERTIFICATE-----
`;
