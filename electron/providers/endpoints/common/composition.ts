import type { CertificateFacts } from '#shared/model/certificate.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { Piece } from './content.ts';

/**
 * What a PEM file is made of, in its order, without the content of private keys. The rule for the new file: the new
 * key stands where the old key stood, the new chain where the old certificates stood (leaf and the rest apart when the
 * key stood between them), other blocks such as DH parameters stay, and text outside the blocks goes.
 */
export interface Composition {
  blocks: { kind: 'key' | 'certificate' | 'other'; label: string; text: string }[];
  hasKey: boolean;
  keyIsEncrypted: boolean;
  /** Certificates in their order, PEM. */
  certificates: string[];
  /** There is text outside the blocks, which a new file will not have. */
  hasComments: boolean;
}

const block = /-----BEGIN ([A-Z0-9 #.]+)-----[\s\S]*?-----END \1-----/g;

export function readComposition(text: string): Composition {
  const blocks: Composition['blocks'] = [];
  let encrypted = false;
  for (const found of text.matchAll(block)) {
    const label = found[1] ?? '';
    if (label === 'EC PARAMETERS') continue; // only says the curve of an old-style key behind it
    const isKey = label.endsWith('PRIVATE KEY');
    if (isKey) encrypted ||= label.startsWith('ENCRYPTED') || found[0].includes('ENCRYPTED');
    const kind = isKey ? 'key' : label.endsWith('CERTIFICATE') ? 'certificate' : 'other';
    blocks.push({ kind, label, text: isKey ? '' : `${found[0].replaceAll('\r\n', '\n')}\n` });
  }
  return {
    blocks,
    hasKey: blocks.some((one) => one.kind === 'key'),
    keyIsEncrypted: encrypted,
    certificates: blocks
      .filter((one) => one.kind === 'certificate')
      .flatMap((one) => certificatesOf(one.text)),
    hasComments: text.replace(block, '').trim() !== '',
  };
}

/** The new file in the composition of the old one. `key` is left out of files that held none. */
export function compose(old: Composition, chain: readonly string[], key: Piece): Piece[] {
  const [leaf = '', ...rest] = chain;
  const runs = old.blocks.filter(
    (one, i) => one.kind === 'certificate' && old.blocks[i - 1]?.kind !== 'certificate',
  );
  const pieces: Piece[] = [];
  let keyDone = false;
  for (const one of old.blocks) {
    if (one.kind === 'other') pieces.push(Buffer.from(one.text));
    if (one.kind === 'key' && !keyDone) {
      pieces.push(key);
      keyDone = true;
    }
    if (one === runs[0]) pieces.push(Buffer.from(runs.length > 1 ? leaf : chain.join('')));
    if (one === runs[1] && rest.length > 0) pieces.push(Buffer.from(rest.join('')));
  }
  return pieces;
}

/** What a person should know about the change of this file. */
export function compositionWarnings(path: string, old: Composition): string[] {
  const warnings: string[] = [];
  const facts = old.certificates.map(factsOf);
  if (old.hasComments) warnings.push(`Text outside the PEM blocks of ${path} will be dropped.`);
  if (facts.length === 1 && facts[0] !== null && facts[0]?.selfSigned === false)
    warnings.push(`${path} contains a leaf without its chain. The new file will have the full chain.`);
  if (facts.length > 1 && facts.slice(1).some((one) => one?.selfSigned))
    warnings.push(
      `${path} contains a root certificate. The new chain leaves it out, because clients have their own.`,
    );
  if (old.blocks.filter((one) => one.kind === 'key').length > 1)
    warnings.push(`${path} contains more than one private key. The new file will have one.`);
  return warnings;
}

function factsOf(pem: string): CertificateFacts | null {
  try {
    return readCertificate(pem);
  } catch {
    return null;
  }
}
