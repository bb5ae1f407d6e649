import type { InstallPlan } from '#shared/model/plan.ts';
import { onlyFamilyIn } from '../common/cipher-families.ts';
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
  const family = onlyFamilyIn(server.ciphers ?? 'HIGH');
  if (family === null) return undefined;
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
