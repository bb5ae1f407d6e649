import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Material } from '../endpoint.ts';
import { compose, readComposition } from './composition.ts';
import type { Piece } from './content.ts';
import { readPemFiles } from './read-pem.ts';

/** What has two certificates must go on having one of each kind. `where`: as people call it. `endpoint.key-type-differs`. */
export function refuseOtherFamily(where: string, wanted: 'rsa' | 'ecdsa' | null, material: Material): void {
  const type = readCertificate(material.chainPem).keyType;
  const family = type.startsWith('rsa') ? 'rsa' : 'ecdsa';
  if (wanted === null || wanted === family) return;
  throw new Failure(
    'endpoint.key-type-differs',
    `The ${where} has an RSA and an ECDSA certificate; this node is its ${wanted.toUpperCase()} one, the new certificate is not.`,
    {
      hint: `Request it with a key type of ${wanted === 'rsa' ? 'rsa-2048' : 'ec-p256'} or the like.`,
    },
  );
}

/** The new content of a file, in the composition it has now when it holds both. */
export async function piecesFor(
  connection: HostConnection,
  file: FileChange,
  material: Material,
): Promise<Piece[]> {
  const key: Piece = material.key.where === 'endpoint' ? { onEndpoint: material.key.path } : material.key.pem;
  switch (file.holds) {
    case 'private-key':
      return [key];
    case 'certificate':
      return [Buffer.from(material.chainPem)];
    default: {
      const text = (await readPemFiles(connection, [file.path])).get(file.path)?.text ?? '';
      return compose(readComposition(text), certificatesOf(material.chainPem), key);
    }
  }
}
