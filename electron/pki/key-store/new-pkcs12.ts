import type { Secret } from '../../secrets/secret.ts';
import { nameText } from '../distinguished-name.ts';
import { withNewSalt } from '../password-scheme.ts';
import { Work } from '../work.ts';
import { sequence } from '../write-der.ts';
import { explained, passwordUnfit, unfit } from './failures.ts';
import { checkChain, checkEntry } from './new-entry.ts';
import { isPrintableAscii } from './passwords.ts';
import { keyPassword, type Pfx, writePart, writePfx } from './pfx.ts';
import {
  bagTypes,
  certificateContent,
  friendlyNameAttribute,
  trustedAttribute,
  writeBag,
} from './pfx-bags.ts';
import { withNewMacSalt } from './pfx-mac.ts';
import { putIn } from './rewrite-pkcs12.ts';
import { Salts } from './salts.ts';
import { newMac, newScheme } from './schemes.ts';

interface NewPkcs12 {
  /** Name of the entry; of a chain alone, that of its first certificate. */
  alias: string;
  /** PKCS#8, not encrypted: DER or PEM. Null: the chain alone, each certificate trusted by Java. */
  key: Secret | null;
  /** DER, leaf first. */
  chain: readonly Uint8Array[];
  /** At least 6 characters of printable ASCII: Java takes no others. */
  password: Secret;
  /** True: 3DES and SHA-1, which everything reads; else AES-256 and SHA-256. */
  legacy?: boolean | undefined;
  /** At least 32 secret random bytes. */
  seed: Secret;
}

const shortest = 6;

/**
 * A new PKCS#12 file. Derives in slices and beside the loop. Failure `key-store.` `password-unfit` | `entry-unfit`.
 */
export async function newPkcs12(wanted: NewPkcs12): Promise<Buffer> {
  const { password, legacy, seed, key } = wanted;
  if (!isPrintableAscii(password) || password.bytes().length < shortest)
    throw passwordUnfit('The password does not fit every program that opens key stores.');
  const salts = new Salts(seed);
  const work = new Work();
  const pfx: Pfx = { parts: [], mac: newMac(legacy), password: keyPassword(password.text()) };
  try {
    if (key === null) return await certificatesAlone(pfx, wanted, { salts, work });
    const entry = { ...wanted, key, date: 0 };
    const checked = checkEntry(entry);
    const rewriting = { passwords: { store: password }, legacy, salts, work };
    const { bytes } = await putIn(pfx, [], entry, checked, rewriting);
    checked.pkcs8.fill(0);
    return bytes;
  } catch (thrown) {
    throw explained(thrown);
  } finally {
    salts.wipe();
  }
}

async function certificatesAlone(
  { mac, password }: Pfx,
  { chain, alias, legacy }: NewPkcs12,
  { salts, work }: { salts: Salts; work: Work },
): Promise<Buffer> {
  const certificates = checkChain(chain);
  if (certificates.length === 0)
    throw unfit('There is no certificate to write.', 'Give the chain, leaf first.');
  const bags = certificates.map(({ der, subject }, at) =>
    writeBag(bagTypes.certificate, certificateContent(der), [
      friendlyNameAttribute(at === 0 ? alias : nameText(subject)),
      trustedAttribute(),
    ]),
  );
  const contents = sequence(...bags);
  const bytes = await salts.of(contents, work);
  const scheme = withNewSalt(newScheme(legacy), (what, size) => bytes(`part ${what}`, size));
  const safe = sequence(await writePart(scheme, contents, password, work));
  const macBytes = await salts.of(safe, work);
  return writePfx(
    safe,
    mac === null ? null : withNewMacSalt(mac, (size) => macBytes('mac', size)),
    password,
    work,
  );
}
