import { inSlices } from '#kit/in-slices.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import { readComposition } from './composition.ts';
import type { ReadPem } from './read-pem.ts';

/** What a certificate file was found to hold. */
export interface OnDisk {
  facts: CertificateFacts;
  chainPem: string;
}

/** What lies at each of these paths, as it was read; null: no certificate. Many are read in slices: the loop goes on meanwhile. */
export async function leavesOf(
  files: ReadonlyMap<string, ReadPem>,
): Promise<(path: string) => OnDisk | null> {
  const known = new Map<string, OnDisk | null>();
  await inSlices(files, ([path, file]) => known.set(path, readLeaf(file)));
  return (path) => known.get(path) ?? null;
}

function readLeaf(file: ReadPem): OnDisk | null {
  try {
    const chain = readComposition(file.text ?? '').certificates;
    const leaf = chain[0];
    return leaf === undefined ? null : { facts: readCertificate(leaf), chainPem: chain.join('') };
  } catch {
    return null;
  }
}

/** `rsa` or `ecdsa`, as far as a server can tell its certificates apart. */
export function familyOf(disk: OnDisk | null): 'rsa' | 'ecdsa' | null {
  const type = disk?.facts.keyType ?? '';
  if (type.startsWith('rsa')) return 'rsa';
  return type.startsWith('ec') ? 'ecdsa' : null;
}

/** Name for files made for a node: readable, and different for different nodes. */
export function slugOf(node: DiscoveredNode): string {
  const plain = node.name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return `${plain === '' ? 'node' : plain}-${sha256Hex(node.key).slice(0, 8)}`;
}
