import { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { BigipClient } from './client.ts';
import { device, deviceGroup, statOf } from './wire.ts';

/** Milliseconds between looks at whether a group is in sync; then it is told as it is. */
const syncWaits = [500, 1000, 2000, 3000, 5000, 5000, 5000, 8000];
const inSync = 'In Sync';

/** What a BIG-IP is at one moment. */
export interface Standing {
  /** Null: it is alone, or the active unit. Else why nothing may be changed here. */
  notActive: string | null;
  /** The group that a change has to reach; null: it is alone. */
  group: { fullPath: string; automatic: boolean } | null;
  /** As the product calls it: `In Sync`, `Changes Pending`, `Standalone`. */
  sync: string;
}

export async function readStanding(client: BigipClient): Promise<Standing> {
  const [devices, groups, sync] = await Promise.all([
    client.list('/tm/cm/device', device),
    client.list('/tm/cm/device-group?expandSubcollections=true', deviceGroup),
    readSync(client),
  ]);
  const self = devices.find(({ selfDevice }) => selfDevice);
  const isActive = devices.length < 2 || self === undefined || self.failoverState === 'active';
  // a device knows every group of its trust domain, and is in one of them at most
  const group = groups.find(
    (one) =>
      one.type === 'sync-failover' &&
      one.devicesReference.items.length > 1 &&
      (self === undefined || isMember(one, self.name)),
  );
  const active = devices.find(
    ({ name, failoverState }) => failoverState === 'active' && (group === undefined || isMember(group, name)),
  );
  const other =
    active === undefined
      ? 'No unit is active.'
      : `${active.name}${active.managementIp === null ? '' : ` (${active.managementIp})`} is active.`;
  return {
    notActive: isActive ? null : `${self?.name} is ${self?.failoverState ?? 'not active'}. ${other}`,
    group: group === undefined ? null : { fullPath: group.fullPath, automatic: group.autoSync === 'enabled' },
    sync,
  };
}

/** Members are named with their folder or without. */
const isMember = ({ devicesReference: { items } }: z.infer<typeof deviceGroup>, device: string): boolean =>
  items.some(({ name }) => name.split('/').at(-1) === device);

/** `17.1.1`; null: it does not tell. */
export async function readVersion(client: BigipClient): Promise<string | null> {
  return statOf(await client.get('/tm/sys/version', z.unknown()), 'Version');
}

async function readSync(client: BigipClient): Promise<string> {
  return statOf(await client.get('/tm/cm/sync-status', z.unknown()), 'status') ?? 'unknown';
}

/** `endpoint.not-active` for a unit that another one would overwrite. */
export function mustBeActive({ notActive }: Standing, { description }: { description: string }): void {
  if (notActive === null) return;
  throw new Failure('endpoint.not-active', `${description} is not the active unit: ${notActive}`, {
    hint: 'Set the host of the endpoint to the active unit: trustkeep tls update <endpoint> --host HOST',
  });
}

/** What is done with the group after a change. */
export type GroupPlan = 'none' | 'automatic' | 'synchronize' | 'leave';

export function groupPlan({ group, sync }: Standing, wanted: boolean): GroupPlan {
  if (group === null) return 'none';
  if (group.automatic) return 'automatic';
  // what others have changed and not pushed yet would go with it
  return wanted && sync === inSync ? 'synchronize' : 'leave';
}

/** Saved, so that a restart of the device keeps it; the other units are given it where the plan says so. A sentence for people. */
export async function keep(
  client: BigipClient,
  clock: Clock,
  { how, group }: { how: GroupPlan; group: string | null },
): Promise<string> {
  await client.post('/tm/sys/config', { command: 'save' });
  const saved = 'The configuration was saved.';
  if (how === 'none' || group === null) return saved;
  if (how === 'leave') return `${saved} The device group ${group} was not synchronized.`;
  if (how === 'synchronize')
    await client.post('/tm/cm', { command: 'run', utilCmdArgs: `config-sync to-group ${group}` });
  for (const wait of syncWaits) {
    if ((await readSync(client)) === inSync) return `${saved} The device group ${group} is in sync.`;
    await clock.sleep(wait);
  }
  return `${saved} The device group ${group} is not in sync: ${await readSync(client)}.`;
}
