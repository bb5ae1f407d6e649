import type { BigipClient } from './client.ts';
import { type Destination, destinationOf } from './destinations.ts';
import {
  type CertificateObject,
  type ClientSslProfile,
  certificateObject,
  clientSslProfile,
  type ServerSslProfile,
  serverSslProfile,
  virtualServer,
} from './wire.ts';

export interface Virtual {
  fullPath: string;
  destination: Destination;
  enabled: boolean;
  /** Full paths of its profiles towards clients, and towards servers. */
  clientSide: string[];
  serverSide: string[];
}

type Side = 'clientSide' | 'serverSide';

/** What a BIG-IP is configured to show, at one moment. */
export interface View {
  clientSsl: ClientSslProfile[];
  serverSsl: ServerSslProfile[];
  virtuals: Virtual[];
  certificates: ReadonlyMap<string, CertificateObject>;
  /** Full paths of the profiles that take their certificates from this one. */
  children: Readonly<Record<Side, ReadonlyMap<string, readonly string[]>>>;
  /** Where in `virtuals` those are that name this profile. */
  naming: Readonly<Record<Side, ReadonlyMap<string, readonly number[]>>>;
}

export const paths = {
  clientSsl: '/tm/ltm/profile/client-ssl',
  serverSsl: '/tm/ltm/profile/server-ssl',
  virtual: '/tm/ltm/virtual',
  certificate: '/tm/sys/file/ssl-cert',
  key: '/tm/sys/file/ssl-key',
} as const;

export async function readView(client: BigipClient): Promise<View> {
  const [clientSsl, serverSsl, listed, certificates] = await Promise.all([
    client.list(paths.clientSsl, clientSslProfile),
    client.list(paths.serverSsl, serverSslProfile),
    client.list(`${paths.virtual}?expandSubcollections=true`, virtualServer),
    client.list(paths.certificate, certificateObject),
  ]);
  const virtuals = listed.map(({ fullPath, destination, disabled, profilesReference: { items } }) => ({
    fullPath,
    destination: destinationOf(destination),
    enabled: !disabled,
    clientSide: items.filter(({ context }) => context !== 'serverside').map((one) => one.fullPath),
    serverSide: items.filter(({ context }) => context !== 'clientside').map((one) => one.fullPath),
  }));
  return {
    ...{ clientSsl, serverSsl, virtuals },
    certificates: new Map(certificates.map((one) => [one.fullPath, one])),
    children: { clientSide: clientChildren(clientSsl), serverSide: serverChildren(serverSsl) },
    naming: { clientSide: naming(virtuals, 'clientSide'), serverSide: naming(virtuals, 'serverSide') },
  };
}

const clientChildren = (all: readonly ClientSslProfile[]) =>
  grouped(
    all.flatMap((one): [string | null, string][] =>
      one.inheritCertkeychain ? [[one.defaultsFrom, one.fullPath]] : [],
    ),
  );

/** A server-SSL profile does not tell what it inherits: with the same pair as its parent, it may, and is told of. */
function serverChildren(all: readonly ServerSslProfile[]) {
  const byPath = new Map(all.map((one) => [one.fullPath, one]));
  return grouped(
    all.flatMap(({ fullPath, defaultsFrom, cert, key, chain }): [string | null, string][] => {
      const parent = byPath.get(defaultsFrom ?? '');
      const same = parent?.cert === cert && parent?.key === key && parent?.chain === chain;
      return same && cert !== null ? [[defaultsFrom, fullPath]] : [];
    }),
  );
}

const naming = (virtuals: readonly Virtual[], side: Side) =>
  grouped(virtuals.flatMap((one, at) => one[side].map((path): [string, number] => [path, at])));

function grouped<T>(pairs: readonly (readonly [string | null, T])[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const [name, value] of pairs) {
    const known = found.get(name ?? '');
    if (known === undefined) found.set(name ?? '', [value]);
    else known.push(value);
  }
  return found;
}

/** This profile, and every one whose certificates are its: those that inherit them, and so on. */
export function heirsOf({ children }: View, side: Side, fullPath: string): ReadonlySet<string> {
  const heirs = new Set([fullPath]);
  for (const path of heirs) for (const one of children[side].get(path) ?? []) heirs.add(one);
  return heirs;
}

/** The virtual servers that show what this profile says, to clients or to servers. */
export function usersOf(view: View, side: Side, fullPath: string): Virtual[] {
  const heirs = [...heirsOf(view, side, fullPath)];
  const found = new Set(heirs.flatMap((path) => view.naming[side].get(path) ?? []));
  return [...found].toSorted((a, b) => a - b).flatMap((at) => view.virtuals[at] ?? []);
}

/** Where a virtual server is dialled from here; null: it has no address of its own, or one that is only known there. */
export function dialled({
  destination: { address, port, routeDomain },
  enabled,
}: Virtual): { address: string; port: number } | null {
  return enabled && address !== null && port !== null && routeDomain === 0 ? { address, port } : null;
}
