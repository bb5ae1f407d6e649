import { entryMember, type Pair, pairOfEntry, serverMember } from './chain-text.ts';
import { tilde } from './client.ts';
import { paths, type View } from './view.ts';
import type { ChainEntry, ClientSslProfile } from './wire.ts';

/** One pair of certificate and key that a profile names: what is a node. */
export interface Place {
  key: string;
  side: 'clientSide' | 'serverSide';
  /** Of the profile. */
  fullPath: string;
  profile: string;
  /** Of the pair within its profile. */
  entry: string;
  /** As paths name the profile, below `/mgmt`. */
  path: string;
  /** The setting that names the pair. */
  member: string;
  /** Null: there is none. */
  pair: Pair | null;
  serverName: string | null;
  isDefault: boolean;
  /** The profile whose certificates these are; null: its own. */
  inheritedFrom: string | null;
  /** How many pairs the profile has. */
  pairs: number;
  appService: string | null;
  /** Sentence why nothing can be installed; null: it can. */
  refused: string | null;
}

/** Profiles that come with the product: every other profile without settings of its own follows them. */
const builtIn =
  /^\/Common\/(clientssl|serverssl)$|^\/Common\/.*default-(clientssl|serverssl)$|^\/Common\/(client|server)ssl-(insecure-compatible|secure|quic)$|^\/Common\/(cloud-service-default-ssl|do-not-remove-without-replacement|f5aas-default-ssl)$/;
const isBuiltIn = (fullPath: string): boolean => builtIn.test(fullPath);

/** Those that a virtual server uses, and all that are not built in. */
export function placesOf(view: View): Place[] {
  return [...clientPlaces(view), ...serverPlaces(view)];
}

function clientPlaces(view: View): Place[] {
  const used = new Set(view.virtuals.flatMap(({ clientSide }) => clientSide));
  const byPath = new Map(view.clientSsl.map((one) => [one.fullPath, one]));
  return view.clientSsl
    .filter(({ fullPath }) => used.has(fullPath) || !isBuiltIn(fullPath))
    .flatMap((profile) => {
      const { fullPath, name, certKeyChain } = profile;
      const inheritedFrom = sourceOf(profile, byPath);
      return certKeyChain.map((one): Place => {
        const pair = pairOfEntry(one);
        return {
          key: `client-ssl:${fullPath}#${one.name}`,
          ...{ side: 'clientSide', fullPath, profile: name, entry: one.name, pair, inheritedFrom },
          path: `${paths.clientSsl}/${tilde(fullPath)}`,
          member: entryMember(one.name),
          ...{ serverName: profile.serverName, isDefault: profile.sniDefault, pairs: certKeyChain.length },
          appService: profile.appService,
          refused:
            refusedProfile(fullPath) ??
            refusedHeir(fullPath, inheritedFrom) ??
            refusedSecret(
              fullPath,
              certKeyChain.some(({ passphrase }) => passphrase !== null),
            ) ??
            refusedUse(fullPath, one) ??
            refusedNames(fullPath, pair),
        };
      });
    });
}

/** Where its certificates come from: a built-in profile, or one where they can be replaced. Null: they are its own. */
function sourceOf(
  { defaultsFrom, inheritCertkeychain }: ClientSslProfile,
  byPath: ReadonlyMap<string, ClientSslProfile>,
): string | null {
  if (!inheritCertkeychain || defaultsFrom === null) return null;
  const parent = byPath.get(defaultsFrom);
  if (isBuiltIn(defaultsFrom) || parent === undefined) return defaultsFrom;
  const source = sourceOf(parent, byPath);
  return source === null || isBuiltIn(source) ? defaultsFrom : source;
}

function serverPlaces(view: View): Place[] {
  return view.serverSsl
    .filter(({ cert, fullPath }) => cert !== null && !isBuiltIn(fullPath))
    .map((profile): Place => {
      const { fullPath, name } = profile;
      const pair = pairOfEntry(profile);
      return {
        key: `server-ssl:${fullPath}`,
        ...{ side: 'serverSide', fullPath, profile: name, entry: serverMember, pair, inheritedFrom: null },
        path: `${paths.serverSsl}/${tilde(fullPath)}`,
        ...{
          member: serverMember,
          serverName: null,
          isDefault: true,
          pairs: 1,
          appService: profile.appService,
        },
        refused: refusedSecret(fullPath, profile.passphrase !== null) ?? refusedNames(fullPath, pair),
      };
    });
}

function refusedProfile(fullPath: string): string | null {
  return isBuiltIn(fullPath)
    ? `${fullPath} is a built-in profile, which is never changed: give the virtual server a profile of its own.`
    : null;
}

function refusedHeir(fullPath: string, inheritedFrom: string | null): string | null {
  return inheritedFrom === null || isBuiltIn(inheritedFrom)
    ? null
    : `${fullPath} inherits its certificate from ${inheritedFrom}: request the certificate there.`;
}

function refusedSecret(fullPath: string, has: boolean): string | null {
  return has
    ? `${fullPath} names a key with a passphrase, which a BIG-IP does not tell: it could not be restored. Import that key without a passphrase.`
    : null;
}

function refusedUse(fullPath: string, { name, usage }: ChainEntry): string | null {
  return usage === 'CA'
    ? `The entry ${name} of ${fullPath} signs the certificates of a forward proxy: replace that CA certificate on the BIG-IP.`
    : null;
}

/** What could not be read again from how a plan writes it. */
function refusedNames(fullPath: string, pair: Pair | null): string | null {
  if (pair === null) return `${fullPath} names no certificate with a key.`;
  return [pair.cert, pair.key, pair.chain ?? ''].some((path) => path.includes(', '))
    ? `${fullPath} names an object with a comma in its name.`
    : null;
}
