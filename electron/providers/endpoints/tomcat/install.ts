import type { FileChange } from '#shared/model/changes/file.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Piece } from '../common/content.ts';
import { piecesFor as pairPieces } from '../common/pieces.ts';
import type { Material } from '../endpoint.ts';

/**
 * The new content of a file. Tomcat sends what is in the certificate file and then what is in the chain file, so that where there is one,
 * the leaf is in the first alone and the rest in the second.
 */
export async function piecesFor(
  connection: HostConnection,
  file: FileChange,
  chainPath: string | null,
  material: Material,
): Promise<Piece[]> {
  if (chainPath === null || file.holds === 'private-key') return pairPieces(connection, file, material);
  const [leaf = '', ...rest] = certificatesOf(material.chainPem);
  if (file.path === chainPath) return [Buffer.from(rest.join(''))];
  return pairPieces(connection, file, { ...material, chainPem: leaf });
}
