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

/** What a BIG-IP is configured to show, at one moment. */
export interface View {
  clientSsl: ClientSslProfile[];
  serverSsl: ServerSslProfile[];
  virtuals: Virtual[];
  certificates: ReadonlyMap<string, CertificateObject>;
}

export const paths = {
  clientSsl: '/tm/ltm/profile/client-ssl',
  serverSsl: '/tm/ltm/profile/server-ssl',
  virtual: '/tm/ltm/virtual',
  certificate: '/tm/sys/file/ssl-cert',
  key: '/tm/sys/file/ssl-key',
} as const;

export async function readView(client: BigipClient): Promise<View> {
  const [clientSsl, serverSsl, virtuals, certificates] = await Promise.all([
    client.list(paths.clientSsl, clientSslProfile),
    client.list(paths.serverSsl, serverSslProfile),
    client.list(`${paths.virtual}?expandSubcollections=true`, virtualServer),
    client.list(paths.certificate, certificateObject),
  ]);
  return {
    clientSsl,
    serverSsl,
    virtuals: virtuals.map(({ fullPath, destination, disabled, profilesReference: { items } }) => ({
      fullPath,
      destination: destinationOf(destination),
      enabled: !disabled,
      clientSide: items.filter(({ context }) => context !== 'serverside').map((one) => one.fullPath),
      serverSide: items.filter(({ context }) => context !== 'clientside').map((one) => one.fullPath),
    })),
    certificates: new Map(certificates.map((one) => [one.fullPath, one])),
  };
}

/** This profile, and every one whose certificates are its: those that inherit them, and so on. */
export function heirsOf({ clientSsl }: View, fullPath: string): string[] {
  const heirs = [fullPath];
  for (const path of heirs)
    for (const one of clientSsl)
      if (one.inheritCertkeychain && one.defaultsFrom === path && !heirs.includes(one.fullPath))
        heirs.push(one.fullPath);
  return heirs;
}

/** The virtual servers that show what this profile says, to clients or to servers. */
export function usersOf(view: View, side: 'clientSide' | 'serverSide', fullPath: string): Virtual[] {
  const heirs = side === 'clientSide' ? heirsOf(view, fullPath) : [fullPath];
  return view.virtuals.filter((one) => one[side].some((path) => heirs.includes(path)));
}

/** Where a virtual server is dialled from here; null: it has no address of its own, or one that is only known there. */
export function dialled({
  destination: { address, port, routeDomain },
  enabled,
}: Virtual): { address: string; port: number } | null {
  return enabled && address !== null && port !== null && routeDomain === 0 ? { address, port } : null;
}
