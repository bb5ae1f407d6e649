import type { PasswordScheme } from '../password-scheme.ts';
import { schemeName } from '../password-scheme.ts';
import type { ClosedTo, KeyStoreFormat, Protection } from './key-store.ts';
import { type Mac, macName } from './pfx-mac.ts';

/** What readers of a PKCS#12 file have to know. */
interface PfxAlgorithms {
  keys: readonly PasswordScheme[];
  certificates: readonly PasswordScheme[];
  mac: Mac | null;
  /** Java takes passwords of printable ASCII only. */
  asciiPassword: boolean;
}

const readers: Readonly<Record<ClosedTo, string>> = {
  'java-before-8u301': 'Java before 8u301 and 11.0.12',
  'windows-server-2016': 'Windows Server 2016',
  'openssl-3-without-legacy': 'OpenSSL 3 without its legacy provider',
  'all-but-java': 'programs other than Java',
  java: 'Java',
  all: 'any program',
};

export function protectionOfPfx(algorithms: PfxAlgorithms): Protection {
  const { mac } = algorithms;
  return protection({
    keys: namesOf(algorithms.keys),
    certificates: namesOf(algorithms.certificates),
    integrity: mac === null ? null : macName(mac),
    closedTo: closedTo(algorithms),
  });
}

const namesOf = (schemes: readonly PasswordScheme[]): string[] =>
  [...new Set(schemes.map(schemeName))].sort();

/**
 * Java learned PBES2 and MACs with SHA-256 in 8u301 and 11.0.12, Windows after Server 2016; OpenSSL 3 has RC2 and DES in
 * its legacy provider alone. Each of them calls it a wrong password.
 */
function closedTo({ keys, certificates, mac, asciiPassword }: PfxAlgorithms): ClosedTo[] {
  if (mac?.kind === 'hmac') return ['all'];
  const schemes = [...keys, ...certificates];
  const modern = schemes.some(({ kind }) => kind === 'pbes2') || (mac !== null && mac.hash !== 'sha1');
  const old = schemes.some(
    (one) => one.kind === 'pbes1' || (one.kind === 'pkcs12' && one.cipher.startsWith('RC2')),
  );
  const pbmac1 = mac?.kind === 'pbmac1';
  return [
    ...(pbmac1 || !asciiPassword ? (['java'] as const) : modern ? (['java-before-8u301'] as const) : []),
    ...(modern || pbmac1 ? (['windows-server-2016'] as const) : []),
    ...(old ? (['openssl-3-without-legacy'] as const) : []),
  ];
}

export function protectionOfJava(
  format: Exclude<KeyStoreFormat, 'pkcs12'>,
  keys: readonly string[],
): Protection {
  return protection({
    keys: [...new Set(keys)].sort(),
    certificates: [],
    integrity: `SHA-1, as ${format.toUpperCase()} has it`,
    closedTo: ['all-but-java'],
  });
}

function protection(facts: Omit<Protection, 'sentence'>): Protection {
  const { keys, certificates, integrity } = facts;
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'not encrypted' : names.join(', ');
  const parts = [
    `Keys: ${list(keys)}`,
    `certificates: ${list(certificates)}`,
    `integrity: ${integrity ?? 'not protected'}`,
  ];
  const closed = facts.closedTo.map((one) => readers[one]);
  const cannot = closed.length === 0 ? '' : ` It cannot be opened by ${joined(closed)}.`;
  return { ...facts, sentence: `${parts.join('; ')}.${cannot}` };
}

const joined = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : [names.slice(0, -1).join(', '), names.at(-1)].join(' and ');
