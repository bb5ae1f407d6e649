import { certificateFingerprint } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readComposition } from './composition.ts';
import { readPemFiles } from './read-pem.ts';

/** As `Endpoint.chainsOnDisk`, of PEM files, with one command for all of them. */
export async function chainsOnDisk(
  connection: HostConnection,
  paths: readonly string[],
): Promise<Map<string, string[]>> {
  const chains = new Map<string, string[]>();
  if (paths.length === 0) return chains;
  for (const [path, { text }] of await readPemFiles(connection, paths)) {
    const chain = chainIn(text ?? '');
    if (chain.length > 0) chains.set(path, chain);
  }
  return chains;
}

function chainIn(text: string): string[] {
  try {
    return readComposition(text).certificates.map((pem) => certificateFingerprint(pem));
  } catch {
    return []; // not a file of certificates, or one that is being written
  }
}
