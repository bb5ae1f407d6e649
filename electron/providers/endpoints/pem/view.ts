import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { type Composition, readComposition } from '../common/composition.ts';
import { basename } from '../common/paths.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { servedFacts } from '../common/served-at.ts';

export interface PemFile {
  /** As configured. */
  path: string;
  realPath: string;
  /** Null: does not exist or cannot be read. */
  composition: Composition | null;
  exists: boolean;
}

/** The file (and key file) as they are now, without the content of keys. */
export interface PemView {
  certificateFile: PemFile;
  /** Where the key lies: the same file or `keyPath`. */
  keyFile: PemFile | null;
  facts: CertificateFacts | null;
}

export async function readView(connection: HostConnection, settings: PemSettings): Promise<PemView> {
  const paths = [settings.path, ...(settings.keyPath === null ? [] : [settings.keyPath])];
  const texts = await readPemFiles(connection, paths);
  const files = await Promise.all(
    paths.map(async (path): Promise<PemFile> => {
      const text = texts.get(path)?.text ?? null;
      const realPath = texts.get(path)?.realPath ?? path;
      const exists = text !== null || (await connection.stat(path)) !== null;
      return { path, realPath, exists, composition: text === null ? null : readComposition(text) };
    }),
  );
  const [certificateFile, otherFile] = files;
  if (certificateFile === undefined) throw new Error('a PEM endpoint has a path');
  const sameFile = certificateFile.composition?.hasKey ? certificateFile : null;
  return { certificateFile, keyFile: otherFile ?? sameFile, facts: leafOf(certificateFile) };
}

function leafOf(file: PemFile): CertificateFacts | null {
  try {
    const leaf = file.composition?.certificates[0];
    return leaf === undefined ? null : readCertificate(leaf);
  } catch {
    return null;
  }
}

/** Why nothing can be installed; null when it can. */
export function whyNot(connection: HostConnection, view: PemView): string | null {
  const { certificateFile, keyFile } = view;
  const on = connection.description;
  if (!certificateFile.exists)
    return `There is no file ${certificateFile.path} on ${on}. It must already exist.`;
  if (certificateFile.composition === null)
    return `The account is not allowed to read the file ${certificateFile.path} on ${on}.`;
  if (certificateFile.composition.certificates.length === 0)
    return `The file ${certificateFile.path} contains no certificate, so it is not clear what belongs in it.`;
  if (keyFile === null)
    return `The file ${certificateFile.path} contains no private key. Set its path with --key_path.`;
  if (!keyFile.exists) return `There is no key file ${keyFile.path} on ${on}.`;
  if (keyFile.composition === null)
    return `The account is not allowed to read the key file ${keyFile.path} on ${on}.`;
  if (!keyFile.composition.hasKey) return `The file ${keyFile.path} contains no private key.`;
  if (keyFile.composition.keyIsEncrypted)
    return `The private key in ${keyFile.path} is encrypted. Trustkeep would replace it with an unencrypted one, so it does not change it.`;
  if (certificateFile !== keyFile && certificateFile.composition.hasKey)
    return `Both ${certificateFile.path} and ${keyFile.path} contain a private key. Leave out --key_path.`;
  return null;
}

export const nodeKey = 'file';

export function nodeFrom(connection: HostConnection, settings: PemSettings, view: PemView): DiscoveredNode {
  const { certificateFile, facts, keyFile } = view;
  const names = facts?.names ?? [];
  return {
    key: nodeKey,
    name: basename(settings.path),
    alias: names[0] ?? null,
    protocol: 'tls',
    ...servedFacts(settings.servedAt, names),
    certificatePath: settings.path,
    keyPath: keyFile?.path ?? settings.keyPath,
    webRoot: null,
    certificate: facts,
    chainPem: certificateFile.composition?.certificates.join('') || null,
    notInstallable: whyNot(connection, view),
    place: settings.path,
    managedBy: null,
  };
}
