import { Failure } from '#shared/failure.ts';
import { type KeyType, keyTypes } from '#shared/model/certificate.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';

type Family = NonNullable<InstallPlan['onlyKeys']>['family'];

const usual: Record<Family, KeyType> = { rsa: 'rsa-2048', ecdsa: 'ec-p256' };

/**
 * The key type of a new certificate: what was asked for, else the kind the present certificate has, since what reads it may
 * know no other. Pure. `endpoint.key-type-differs` when the node could not serve it.
 */
export function keyTypeFor(
  node: Pick<EndpointNode, 'name' | 'certificate'>,
  { onlyKeys }: Pick<InstallPlan, 'onlyKeys'>,
  asked: KeyType | null | undefined,
): KeyType {
  const type = asked ?? kept(node.certificate?.keyType ?? '') ?? usual[onlyKeys?.family ?? 'ecdsa'];
  if (onlyKeys === undefined || onlyKeys.family === familyOf(type)) return type;
  if (asked === null || asked === undefined) return usual[onlyKeys.family];
  const wanted = onlyKeys.family === 'rsa' ? 'an RSA' : 'an ECDSA';
  throw new Failure(
    'endpoint.key-type-differs',
    `${node.name} can only serve ${wanted} certificate: ${onlyKeys.why}.`,
    { hint: `Request it with a key type of ${usual[onlyKeys.family]} or the like.`, retry: 'needs-person' },
  );
}

/** The same kind, in a size that is still issued. */
function kept(present: string): KeyType | null {
  const same = keyTypes.find((type) => type === present);
  if (same !== undefined) return same;
  const bits = Number(/^rsa-(\d+)$/.exec(present)?.[1]);
  if (bits > 0) return keyTypes.find((type) => Number(/^rsa-(\d+)$/.exec(type)?.[1]) >= bits) ?? 'rsa-4096';
  return present.startsWith('ec-p5') ? 'ec-p384' : null;
}

const familyOf = (type: KeyType): Family => (type.startsWith('rsa') ? 'rsa' : 'ecdsa');
