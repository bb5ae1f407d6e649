import type { ChainEntry, ClientSslProfile, ServerSslProfile } from './wire.ts';

/** What names one pair of a profile, and how it is written into a plan: `cert /Common/a.crt, key …, chain …`. */
export interface Pair {
  cert: string;
  key: string;
  /** Null: none. */
  chain: string | null;
}

/** Objects that Trustkeep made: `trustkeep_shop_default_3.crt`. */
const ownName = /^(.*\/trustkeep_.*_\d+)\.crt$/;

/** The chain that belongs to a certificate of ours, where it has one. */
const ownChain = (cert: string): string | null => {
  const stem = ownName.exec(cert)?.[1];
  return stem === undefined ? null : `${stem}-chain.crt`;
};

/**
 * Whether a certificate of ours comes with intermediates is known only when it was issued; so both are written alike.
 */
export function pairText({ cert, key, chain }: Pair): string {
  const own = ownChain(cert);
  const isOwn = own !== null && (chain === null || chain === own);
  return `cert ${cert}, key ${key}, ${isOwn ? 'its own chain' : `chain ${chain ?? 'none'}`}`;
}

/** The other way round. `hasChain`: whether there is such an object. Null: it is not written like that. */
export async function pairOf(
  text: string,
  hasChain: (path: string) => Promise<boolean>,
): Promise<Pair | null> {
  const [, cert, key, chain] = /^cert (.+), key (.+), (its own chain|chain .+)$/.exec(text) ?? [];
  if (cert === undefined || key === undefined || chain === undefined) return null;
  if (chain !== 'its own chain')
    return { cert, key, chain: chain === 'chain none' ? null : chain.slice('chain '.length) };
  const own = ownChain(cert) ?? '';
  return { cert, key, chain: (await hasChain(own)) ? own : null };
}

export const entryMember = (name: string): string => `certKeyChain ${name}`;
export const entryOfMember = (member: string): string | null =>
  /^certKeyChain (.+)$/.exec(member)?.[1] ?? null;

/** Null: it names no pair. */
export const pairOfEntry = ({ cert, key, chain }: ChainEntry | ServerSslProfile): Pair | null =>
  cert === null || key === null ? null : { cert, key, chain };

/** The settings of a client-SSL profile that a plan may name. */
export function clientMembers({
  certKeyChain,
  inheritCertkeychain,
}: ClientSslProfile): Record<string, string> {
  const entries = certKeyChain.map((entry) => {
    const pair = pairOfEntry(entry);
    return [entryMember(entry.name), pair === null ? 'none' : pairText(pair)] as const;
  });
  return { inheritCertkeychain: String(inheritCertkeychain), ...Object.fromEntries(entries) };
}

export const serverMember = 'certificate';

export function serverMembers(profile: ServerSslProfile): Record<string, string> {
  const pair = pairOfEntry(profile);
  return { [serverMember]: pair === null ? 'none' : pairText(pair) };
}
