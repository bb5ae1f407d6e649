import type { Sharing } from '#shared/model/plan.ts';
import type { GroupPlan, Standing } from './devices.ts';
import type { Place } from './places.ts';
import { heirsOf, type View, type Virtual } from './view.ts';
import type { KeyObject } from './wire.ts';

interface WordsFacts {
  place: Place;
  standing: Standing;
  group: GroupPlan;
  proveBy: 'handshake' | 'object';
  /** Every one of the BIG-IP. */
  keys: readonly KeyObject[];
}

/** Every virtual server that shows another certificate from then on, unless it is the one that is asked for. */
export function sharesOf(view: View, { fullPath, side }: Place, users: readonly Virtual[]): Sharing[] {
  const heirs = heirsOf(view, side, fullPath);
  const own = users.filter((one) => one[side].includes(fullPath));
  const shown = users.length === 1 && own.length === 1 ? [] : users;
  return shown.map((virtual) => {
    const by = virtual[side].includes(fullPath)
      ? null
      : (virtual[side].find((path) => heirs.has(path)) ?? null);
    const named = `${virtual.fullPath} (${virtual.destination.text})`;
    return {
      what: 'certificate',
      who: `virtual server ${named}`,
      sentence: `Virtual server ${named} shows the new certificate from then on${by === null ? '' : `, since its profile ${by} inherits it`}.`,
    };
  });
}

/** What a person should read before approving. */
export function warningsOf(
  { place, standing, group, proveBy, keys }: WordsFacts,
  users: readonly Virtual[],
  silent: readonly Virtual[],
): string[] {
  const key = keys.find(({ fullPath }) => fullPath === place.pair?.key);
  const named = silent.map(({ fullPath, destination: { text } }) => `${fullPath} (${text})`);
  return [
    ...(users.length === 0
      ? [`No virtual server uses the profile ${place.fullPath}, so nothing shows the new certificate yet.`]
      : []),
    ...(named.length === 0
      ? []
      : [
          `This machine completes no TLS handshake with ${named.join(', ')}: that it shows the new certificate is known by the object on the BIG-IP alone.`,
        ]),
    ...(proveBy === 'object' && users.length > 0 && place.side === 'clientSide'
      ? ['No handshake is made, as this endpoint is set: the object on the BIG-IP is what is checked.']
      : []),
    ...(place.side === 'serverSide'
      ? ['It is shown to servers, which Trustkeep cannot ask: the object on the BIG-IP is what is checked.']
      : []),
    ...(place.appService === null
      ? []
      : [
          `The profile belongs to the application service ${place.appService}: its next deployment may put the previous certificate back.`,
        ]),
    ...(key === undefined || key.securityType === null || key.securityType === 'normal'
      ? []
      : [
          `The present key ${key.fullPath} is in a security module (${key.securityType}); the new one will be a file on the BIG-IP.`,
        ]),
    ...(place.inheritedFrom === null
      ? []
      : [
          `The profile inherits the certificate of the built-in profile ${place.inheritedFrom}, and will have its own from then on.`,
        ]),
    ...(group === 'leave'
      ? [
          `The device group ${standing.group?.fullPath} is not synchronized (now: ${standing.sync}): the other units keep the previous certificate until someone synchronizes it.`,
        ]
      : []),
  ];
}
