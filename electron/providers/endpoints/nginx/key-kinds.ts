import type { InstallPlan } from '#shared/model/plan.ts';
import { familyOf } from '../common/on-disk.ts';
import type { PlanFacts } from './plan-facts.ts';
import type { Server } from './servers.ts';

/** The kind of key without which this block could not serve a certificate; undefined: either will do. */
export function onlyKeysOf(facts: PlanFacts): InstallPlan['onlyKeys'] {
  const { program, chosen } = facts;
  const { server } = chosen;
  const present = familyOfPair(facts);
  if (present !== null)
    return {
      family: present,
      why: `the server block has an RSA and an ECDSA certificate, and this node is its ${present.toUpperCase()} one`,
    };
  if (protocolsOf(server, program.version).includes('TLSv1.3')) return undefined;
  const families = new Set(familiesIn(server.ciphers ?? 'HIGH'));
  const [family] = families;
  if (families.size !== 1 || family === undefined) return undefined;
  return { family, why: `its ssl_ciphers allow no other certificate (${server.ciphers})` };
}

/** Which of several certificates of its block the node is; null: there is one, or it cannot be read. */
export function familyOfPair({ chosen: { pair, server }, read }: PlanFacts): ReturnType<typeof familyOf> {
  const path = pair?.certificate.path ?? null;
  return server.pairs.length > 1 && path !== null ? familyOf(read(path)) : null;
}

/** TLS 1.3 is on by itself since nginx 1.23.4. */
function protocolsOf(server: Server, version: string): readonly string[] {
  if (server.protocols !== null) return server.protocols;
  const [, major = 0, minor = 0, patch = 0] = (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const number = major * 1_000_000 + minor * 1000 + patch;
  return number >= 1_023_004 ? ['TLSv1.2', 'TLSv1.3'] : ['TLSv1.2'];
}

/** What a list of ciphers lets in, after `openssl ciphers`: by the names of single ciphers; any group may hold both. */
function familiesIn(ciphers: string): ('rsa' | 'ecdsa')[] {
  const words = ciphers.split(/[:, ]+/).filter((word) => word !== '' && !/^[@+]/.test(word));
  const out = new Set(words.filter((word) => /^[!-]/.test(word)).map((word) => word.slice(1)));
  const without = { rsa: out.has('aRSA') || out.has('RSA'), ecdsa: out.has('aECDSA') || out.has('ECDSA') };
  return words
    .filter((word) => !/^[!-]/.test(word))
    .flatMap((word) => familiesOfWord(word))
    .filter((family) => !without[family]);
}

function familiesOfWord(word: string): ('rsa' | 'ecdsa')[] {
  if (/ECDSA/.test(word)) return ['ecdsa'];
  if (/RSA/.test(word)) return ['rsa'];
  if (/^(AES|CAMELLIA|ARIA|DES-CBC3|SEED|NULL|RC4)[0-9]*-/.test(word)) return ['rsa'];
  if (/PSK|SRP|^ADH|^AECDH|^aNULL/.test(word)) return [];
  return ['rsa', 'ecdsa'];
}
