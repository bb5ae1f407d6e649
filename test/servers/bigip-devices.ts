import { copyOf, partsOf, Refusal, tilde, type Virtual, type World } from './bigip-world.ts';

const nested = (entries: Record<string, unknown>) => ({ nestedStats: { entries } });
const told = (description: string) => ({ description });

/** What tells the version to clients that ask for nothing else. */
export const system = (world: World): unknown => ({
  ...collection('tm:sys:syscollectionstate', [{ reference: { link: 'https://localhost/mgmt/tm/sys/file' } }]),
  selfLink: `https://localhost/mgmt/tm/sys?ver=${world.version}`,
});

export function version(world: World): unknown {
  const link = 'https://localhost/mgmt/tm/sys/version/0';
  const entries = { Build: told('0.0.6'), Product: told('BIG-IP'), Version: told(world.version) };
  return {
    kind: 'tm:sys:version:versionstats',
    selfLink: `https://localhost/mgmt/tm/sys/version?ver=${world.version}`,
    entries: { [link]: nested(entries) },
  };
}

export function devices({ devices: all, self, version: ver }: World): unknown {
  return collection(
    'tm:cm:device:devicecollectionstate',
    all.map(({ name, managementIp, failoverState }) => ({
      kind: 'tm:cm:device:devicestate',
      ...{
        name,
        partition: 'Common',
        fullPath: `/Common/${name}`,
        hostname: name,
        managementIp,
        failoverState,
      },
      ...{ selfDevice: String(name === self), version: ver },
      selfLink: `https://localhost/mgmt/tm/cm/device/${tilde(`/Common/${name}`)}?ver=${ver}`,
    })),
  );
}

export function groups({ groups: all }: World, expanded: boolean): unknown {
  return collection(
    'tm:cm:device-group:device-groupcollectionstate',
    all.map(({ fullPath, autoSync, devices: members }) => ({
      kind: 'tm:cm:device-group:device-groupstate',
      ...{
        ...partsOf(fullPath),
        fullPath,
        type: 'sync-failover',
        autoSync: autoSync ? 'enabled' : 'disabled',
      },
      devicesReference: {
        link: `https://localhost/mgmt/tm/cm/device-group/${tilde(fullPath)}/devices`,
        isSubcollection: true,
        ...(expanded
          ? { items: members.map((name) => ({ name, partition: 'Common', fullPath: `/Common/${name}` })) }
          : {}),
      },
    })),
  );
}

export function syncStatus({ sync }: World): unknown {
  const color = { 'In Sync': 'green', Standalone: 'green', 'Changes Pending': 'yellow', Disconnected: 'red' }[
    sync
  ];
  const mode = sync === 'Standalone' ? 'standalone' : 'high-availability';
  const entries = { color: told(color), mode: told(mode), status: told(sync), summary: told('') };
  return {
    kind: 'tm:cm:sync-status:sync-statusstats',
    entries: { 'https://localhost/mgmt/tm/cm/sync-status/0': nested(entries) },
  };
}

/** `POST /mgmt/tm/cm`: pushes the configuration of this unit to the others of the group. */
export function synchronize(world: World, body: Record<string, unknown>): unknown {
  const [, name] = /^config-sync to-group (\S+)$/.exec(String(body.utilCmdArgs)) ?? [];
  const group = world.groups.find(({ fullPath }) => fullPath === name || fullPath === `/Common/${name}`);
  if (body.command !== 'run' || name === undefined) throw new Refusal(400, 'Bad command.');
  if (group === undefined)
    throw new Refusal(400, `01020036:3: The requested Device Group (${name}) was not found.`);
  if (!group.devices.includes(world.self))
    throw new Refusal(400, `01071440:3: This device is not a member of the device group (${name}).`);
  if (world.sync !== 'Disconnected') world.sync = 'In Sync';
  return { kind: 'tm:cm:runstate', ...body };
}

export function save(world: World, body: Record<string, unknown>): unknown {
  if (body.command !== 'save' || Object.keys(body).length > 1) throw new Refusal(400, 'Bad command.');
  world.saved = copyOf(world.configuration);
  return {
    kind: 'tm:sys:config:savestate',
    command: 'save',
    commandResult: 'Saving running configuration...\n',
  };
}

export function user({ users }: World, name: string): unknown {
  const found = users.get(name);
  if (found === undefined) throw new Refusal(404, `01020036:3: The requested user (${name}) was not found.`);
  return {
    ...{ kind: 'tm:auth:user:userstate', name, fullPath: name, shell: 'bash' },
    partitionAccess: [{ name: 'all-partitions', role: found.role }],
  };
}

export function virtuals({ virtuals: all }: World, expanded: boolean): unknown {
  return collection(
    'tm:ltm:virtual:virtualcollectionstate',
    [...all.values()].map((one) => virtualBody(one, expanded)),
  );
}

function virtualBody({ fullPath, destination, enabled, clientSide, serverSide }: Virtual, expanded: boolean) {
  const profile = (context: string) => (path: string) => ({ ...partsOf(path), fullPath: path, context });
  const items = [
    { name: 'tcp', partition: 'Common', fullPath: '/Common/tcp', context: 'all' },
    ...clientSide.map(profile('clientside')),
    ...serverSide.map(profile('serverside')),
  ];
  return {
    kind: 'tm:ltm:virtual:virtualstate',
    selfLink: `https://localhost/mgmt/tm/ltm/virtual/${tilde(fullPath)}`,
    ...{ ...partsOf(fullPath), fullPath, destination, ipProtocol: 'tcp', mask: '255.255.255.255' },
    ...(enabled ? { enabled: true } : { disabled: true }),
    profilesReference: {
      link: `https://localhost/mgmt/tm/ltm/virtual/${tilde(fullPath)}/profiles`,
      isSubcollection: true,
      ...(expanded ? { items } : {}),
    },
  };
}

/** The product leaves `items` out where there are none. */
export function collection(kind: string, items: readonly unknown[]): Record<string, unknown> {
  const [, ...parts] = kind.split(':');
  const selfLink = `https://localhost/mgmt/tm/${parts.slice(0, -1).join('/')}`;
  return items.length === 0 ? { kind, selfLink } : { kind, selfLink, items };
}
