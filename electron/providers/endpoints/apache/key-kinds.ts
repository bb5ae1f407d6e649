import type { InstallPlan } from '#shared/model/plan.ts';
import { onlyFamilyIn } from '../common/cipher-families.ts';
import { familyOf } from '../common/on-disk.ts';
import type { PlanFacts } from './plan-facts.ts';
import type { VirtualHost } from './vhosts.ts';

/** The kind of key without which this host could not serve a certificate; undefined: either will do. */
export function onlyKeysOf(facts: PlanFacts): InstallPlan['onlyKeys'] {
  const present = familyOfPair(facts);
  if (present !== null)
    return {
      family: present,
      why: `the virtual host has an RSA and an ECDSA certificate, and this node is its ${present.toUpperCase()} one`,
    };
  const { host } = facts.chosen;
  const family = host.ciphers === null || speaksNewest(host) ? null : onlyFamilyIn(host.ciphers);
  if (family === null) return undefined;
  return { family, why: `its SSLCipherSuite allows no other certificate (${host.ciphers})` };
}

/** TLS 1.3, in which every kind of certificate works: on by itself. A word without a sign stands for all before it. */
function speaksNewest({ protocols }: VirtualHost): boolean {
  let on = protocols === null;
  for (const word of protocols ?? []) {
    const [, sign = '', name = ''] = /^([+-]?)(.*)$/.exec(word.toLowerCase()) ?? [];
    const meant = name === 'all' || name === 'tlsv1.3';
    if (sign === '') on = meant;
    else if (meant) on = sign === '+';
  }
  return on;
}

/** Which of several certificates of its host the node is; null: there is one, or it cannot be read. */
export function familyOfPair({ chosen: { pair, host }, read }: PlanFacts): ReturnType<typeof familyOf> {
  const path = pair?.certificate.path ?? null;
  return host.pairs.length > 1 && path !== null ? familyOf(read(path)) : null;
}
