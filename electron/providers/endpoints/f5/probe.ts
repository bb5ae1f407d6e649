import { Failure } from '#shared/failure.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { BigipClient } from './client.ts';
import { readStanding, readVersion } from './devices.ts';
import { placesOf } from './places.ts';
import { readView } from './view.ts';
import { account } from './wire.ts';

const supported = ['15.1', '16.1', '17.1'];

/** Which version it is, and whether Trustkeep knows it. */
export async function versionCheck(client: BigipClient): Promise<string> {
  const version = await readVersion(client);
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (version === null || Number(major) < 15 || `${major}.${minor}` === '15.0')
    throw new Failure(
      'endpoint.configuration-invalid',
      `BIG-IP ${version ?? 'of an unknown version'} is not supported.`,
      {
        hint: 'Versions 15.1, 16.1 and 17.1 are.',
      },
    );
  return supported.includes(`${major}.${minor}`)
    ? `BIG-IP ${version}.`
    : `BIG-IP ${version}. Trustkeep was made for 15.1, 16.1 and 17.1, and works in the same way with later ones.`;
}

/** Whether it is the unit to change. `endpoint.not-active`. */
export async function activeCheck(client: BigipClient): Promise<string> {
  const { notActive, group, sync } = await readStanding(client);
  if (notActive !== null)
    throw new Failure('endpoint.not-active', `It is not the active unit: ${notActive}`, {
      hint: 'Set the host of the endpoint to the active unit.',
    });
  if (group === null) return 'It is the active unit, and in no device group with others.';
  const how = group.automatic ? ', which synchronizes automatically' : '';
  return `It is the active unit of the device group ${group.fullPath}${how} (${sync}).`;
}

export async function configurationCheck(client: BigipClient): Promise<string> {
  const view = await readView(client);
  const places = placesOf(view);
  const usable = places.filter(({ refused }) => refused === null).length;
  return `${places.length} certificate${places.length === 1 ? '' : 's'} in SSL profiles, ${usable} of which can be replaced; ${view.virtuals.length} virtual server${view.virtuals.length === 1 ? '' : 's'}.`;
}

/** Uploads are for Administrators alone. `endpoint.denied`. */
export async function roleCheck(client: BigipClient, user: string): Promise<string> {
  const found = await client.get(`/tm/auth/user/${encodeURIComponent(user)}`, account);
  if (found === null)
    return `${user} is not an account of the BIG-IP itself, so its role is not told. It needs the role Administrator.`;
  const roles = found.partitionAccess.map(({ name, role }) => `${role} for ${name}`);
  if (found.partitionAccess.some(({ name, role }) => role === 'admin' && name === 'all-partitions'))
    return `${user} is an Administrator for all partitions.`;
  throw new Failure(
    'endpoint.denied',
    `${user} is not an Administrator: it has ${roles.join(', ') || 'no role'}.`,
    {
      hint: 'Give it the role Administrator for all partitions; other roles cannot upload certificates.',
    },
  );
}

export const versionOf = (checks: readonly ProbeCheck[]): string | null => {
  const found = checks.find(({ name, ok }) => name === 'program' && ok)?.sentence;
  return /^BIG-IP [\d.]+\d/.exec(found ?? '')?.[0] ?? null;
};
