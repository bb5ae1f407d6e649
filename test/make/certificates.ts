import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { CertificateFacts, KeyType } from '#shared/model/certificate.ts';
import { commonNameOnly, subjectFor } from '../../electron/pki/distinguished-name.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyIdentifierOf,
  keyUsage,
  nameConstraints,
  serverAuthOnly,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../electron/pki/extensions.ts';
import { positiveSerial, signCertificate } from '../../electron/pki/issue.ts';
import { oids } from '../../electron/pki/oids.ts';
import { toPem } from '../../electron/pki/pem.ts';
import { readCertificate } from '../../electron/pki/read-certificate.ts';
import { implicit, octetString, oid, sequence } from '../../electron/pki/write-der.ts';
import { Secret } from '../../electron/secrets/secret.ts';

/** Certificates for tests, made in milliseconds without a program. All synchronous. */

type Moment = number | Date;

export interface MadeCa {
  certPem: string;
  keyPem: string;
  keyType: KeyType;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  /** Name, DER. */
  subject: Buffer;
  facts: CertificateFacts;
  /** What goes behind a leaf of this CA: its own certificate when it is an intermediate, nothing for a root. */
  chainPem: string;
}

interface CaOptions {
  commonName?: string;
  keyType?: KeyType;
  notBefore?: Moment;
  notAfter?: Moment;
  /** Permitted DNS subtrees. */
  permittedNames?: string[];
  /** Left out: no limit. */
  pathLength?: number;
  /** Makes an intermediate signed by this CA instead of a root. */
  signedBy?: MadeCa;
  /** Takes the key of this one: for cross-signed and renewed CAs. */
  keyOf?: MadeCa;
  /** Where the certificate of its issuer can be fetched. */
  issuerAt?: string | undefined;
}

export interface MadeLeaf {
  /** The leaf alone. */
  certPem: string;
  /** Leaf first, then intermediates, root left out. */
  chainPem: string;
  /** PKCS#8. */
  keyPem: string;
  keyType: KeyType;
  spki: Buffer;
  facts: CertificateFacts;
}

interface LeafOptions {
  names: string[];
  keyType?: KeyType;
  notBefore?: Moment;
  notAfter?: Moment;
  /** `true`: below a new intermediate of the CA; or the intermediate to use. */
  intermediate?: boolean | MadeCa;
  /** Takes this key pair instead of a new one. */
  keyOf?: { keyPem: string; spki: Buffer; keyType: KeyType };
  /** Good for clients too, not for servers only. */
  forClients?: boolean;
  /** Where the certificate of its issuer can be fetched. */
  issuerAt?: string | undefined;
}

const day = 86_400_000;

/** Key types made in milliseconds, for unit tests, and those that take their time, for the integration project. */
export const quickKeyTypes = ['rsa-2048', 'ec-p256', 'ec-p384'] as const satisfies readonly KeyType[];
export const slowKeyTypes = ['rsa-3072', 'rsa-4096'] as const satisfies readonly KeyType[];

export function makeKey(keyType: KeyType = 'ec-p256'): { keyPem: string; spki: Buffer; keyType: KeyType } {
  const pair = keyType.startsWith('rsa')
    ? generateKeyPairSync('rsa', { modulusLength: Number(keyType.slice(4)) })
    : generateKeyPairSync('ec', { namedCurve: keyType === 'ec-p384' ? 'P-384' : 'P-256' });
  return {
    keyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spki: pair.publicKey.export({ type: 'spki', format: 'der' }),
    keyType,
  };
}

export function makeCa(options: CaOptions = {}): MadeCa {
  const key = options.keyOf ?? makeKey(options.keyType);
  const above = options.signedBy;
  const subject = commonNameOnly(options.commonName ?? (above ? 'Test intermediate' : 'Test root'));
  const signer = above ?? key;
  const der = signCertificate(
    {
      serial: positiveSerial(randomBytes(16)),
      issuer: above?.subject ?? subject,
      subject,
      notBefore: Number(options.notBefore ?? Date.now() - day),
      notAfter: Number(options.notAfter ?? Date.now() + 3650 * day),
      spki: key.spki,
      extensions: [
        basicConstraints({ pathLength: options.pathLength ?? null }),
        keyUsage('keyCertSign', 'crlSign'),
        subjectKeyIdentifier(keyIdentifierOf(key.spki)),
        ...(above ? [authorityKeyIdentifier(keyIdentifierOf(above.spki))] : []),
        ...issuerAt(options.issuerAt),
        ...(options.permittedNames ? [nameConstraints(options.permittedNames)] : []),
      ],
    },
    { pem: Secret.of(signer.keyPem), keyType: signer.keyType },
  );
  const certPem = toPem('CERTIFICATE', der);
  return {
    certPem,
    keyPem: key.keyPem,
    keyType: key.keyType,
    spki: key.spki,
    subject,
    facts: readCertificate(certPem),
    chainPem: above ? certPem + above.chainPem : '',
  };
}

/** Authority information access (RFC 5280 4.2.2.1). */
function issuerAt(url: string | undefined): Buffer[] {
  if (url === undefined) return [];
  const place = sequence(oid(oids.caIssuers), implicit(6, Buffer.from(url, 'latin1')));
  return [sequence(oid(oids.authorityInfoAccess), octetString(sequence(place)))];
}

/** A TLS server certificate. Names go in as they are given: no check, so that tests can make odd ones. */
export function makeLeaf(ca: MadeCa, options: LeafOptions): MadeLeaf {
  const key = options.keyOf ?? makeKey(options.keyType);
  const issuer =
    options.intermediate === true ? makeCa({ signedBy: ca, pathLength: 0 }) : options.intermediate || ca;
  const subject = subjectFor(options.names);
  const der = signCertificate(
    {
      serial: positiveSerial(randomBytes(16)),
      issuer: issuer.subject,
      subject,
      notBefore: Number(options.notBefore ?? Date.now() - day),
      notAfter: Number(options.notAfter ?? Date.now() + 90 * day),
      spki: key.spki,
      extensions: [
        basicConstraints(null),
        keyUsage(
          'digitalSignature',
          ...(key.keyType.startsWith('rsa') ? (['keyEncipherment'] as const) : []),
        ),
        ...(options.forClients === true ? [] : [serverAuthOnly()]),
        subjectAltName(options.names, subject.length === 2),
        subjectKeyIdentifier(keyIdentifierOf(key.spki)),
        authorityKeyIdentifier(keyIdentifierOf(issuer.spki)),
        ...issuerAt(options.issuerAt),
      ],
    },
    { pem: Secret.of(issuer.keyPem), keyType: issuer.keyType },
  );
  const certPem = toPem('CERTIFICATE', der);
  return {
    certPem,
    chainPem: certPem + issuer.chainPem,
    keyPem: key.keyPem,
    keyType: key.keyType,
    spki: key.spki,
    facts: readCertificate(certPem),
  };
}
