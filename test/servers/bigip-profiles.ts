import { checkedPair } from './bigip-files.ts';
import {
  type ChainEntry,
  type ClientSsl,
  partsOf,
  Refusal,
  type ServerSsl,
  tilde,
  type World,
} from './bigip-world.ts';

/** Its chain as it is in force: its own, or that of the profile it inherits it from. */
export function chainOf(world: World, profile: ClientSsl): ChainEntry[] {
  if (!profile.inheritCertkeychain) return profile.certKeyChain;
  const parent = world.configuration.clientSsl.get(profile.defaultsFrom);
  return parent === undefined ? [] : chainOf(world, parent);
}

const reference = (world: World, kind: string, path: string) =>
  path === 'none'
    ? {}
    : { link: `https://localhost/mgmt/tm/sys/file/${kind}/${tilde(path)}?ver=${world.version}` };

export function clientSslBody(world: World, profile: ClientSsl) {
  const {
    fullPath,
    defaultsFrom,
    inheritCertkeychain,
    serverName,
    sniDefault,
    appService = 'none',
  } = profile;
  const chain = chainOf(world, profile);
  const [first] = chain;
  return {
    kind: 'tm:ltm:profile:client-ssl:client-sslstate',
    ...{ ...partsOf(fullPath), fullPath, generation: 1, defaultsFrom, mode: 'enabled' },
    selfLink: `https://localhost/mgmt/tm/ltm/profile/client-ssl/${tilde(fullPath)}?ver=${world.version}`,
    ...{ inheritCertkeychain: String(inheritCertkeychain), serverName, sniDefault: String(sniDefault) },
    ...(appService === 'none' ? {} : { appService }),
    ...{ cert: first?.cert ?? 'none', key: first?.key ?? 'none', chain: first?.chain ?? 'none' },
    certKeyChain: chain.map(
      ({ name, cert, key, chain, passphrase, usage = 'SERVER', ocspStaplingParams }) => ({
        ...{ name, appService: 'none', cert, key, chain, usage },
        ...(ocspStaplingParams === undefined ? {} : { ocspStaplingParams }),
        ...(passphrase === undefined ? {} : { passphrase: '$M$cQ$xxxxxxxxxxxx==' }),
        ...{
          certReference: reference(world, 'ssl-cert', cert),
          keyReference: reference(world, 'ssl-key', key),
        },
      }),
    ),
  };
}

export function serverSslBody(world: World, { fullPath, defaultsFrom, cert, key, chain }: ServerSsl) {
  return {
    kind: 'tm:ltm:profile:server-ssl:server-sslstate',
    ...{ ...partsOf(fullPath), fullPath, generation: 1, defaultsFrom, mode: 'enabled', cert, key, chain },
    selfLink: `https://localhost/mgmt/tm/ltm/profile/server-ssl/${tilde(fullPath)}?ver=${world.version}`,
  };
}

export function clientSsl({ configuration }: World, fullPath: string): ClientSsl {
  const found = configuration.clientSsl.get(fullPath);
  if (found !== undefined) return found;
  throw new Refusal(404, `01020036:3: The requested ClientSSL Profile (${fullPath}) was not found.`);
}

export function serverSsl({ configuration }: World, fullPath: string): ServerSsl {
  const found = configuration.serverSsl.get(fullPath);
  if (found !== undefined) return found;
  throw new Refusal(404, `01020036:3: The requested ServerSSL Profile (${fullPath}) was not found.`);
}

/** `PATCH` of a client-SSL profile: the list of certificates is replaced as a whole. */
export function changeClientSsl(world: World, fullPath: string, body: Record<string, unknown>): unknown {
  const profile = clientSsl(world, fullPath);
  const { certKeyChain, inheritCertkeychain, ...others } = body;
  const single = ['cert', 'key', 'chain'].filter((name) => name in others);
  if (certKeyChain !== undefined && single.length > 0)
    throw new Refusal(
      400,
      `01b4002a:3: Client SSL profile (${fullPath}): cert-key-chain cannot be given together with ${single.join(', ')}.`,
    );
  if (Object.keys(others).length > 0)
    throw new Refusal(400, `one or more properties are not known: ${Object.keys(others).join(', ')}`);
  const inherits =
    inheritCertkeychain === undefined ? profile.inheritCertkeychain : inheritCertkeychain === 'true';
  if (certKeyChain !== undefined && inherits)
    throw new Refusal(
      400,
      `01071ac9:3: Unable to modify the cert-key-chain of ${fullPath} while it is inherited.`,
    );
  const chain = certKeyChain === undefined ? profile.certKeyChain : entriesOf(certKeyChain);
  const kinds = inherits ? [] : chain.map((entry) => checkedPair(world, fullPath, entry));
  if (new Set(kinds).size !== kinds.length)
    throw new Refusal(
      400,
      `01070734:3: Configuration error: Client SSL profile (${fullPath}): cannot contain more than one set of same certificate/key type.`,
    );
  if (!inherits && chain.length === 0)
    throw new Refusal(
      400,
      `01071ac9:3: Client SSL profile (${fullPath}) must have RSA certificate/key pair.`,
    );
  const changed = { ...profile, inheritCertkeychain: inherits, certKeyChain: inherits ? [] : chain };
  world.configuration.clientSsl.set(fullPath, changed);
  return clientSslBody(world, changed);
}

function entriesOf(given: unknown): ChainEntry[] {
  if (!Array.isArray(given)) throw new Refusal(400, 'cert-key-chain must be a list');
  return given.map((one: Record<string, unknown>) => {
    const { name, cert, key, chain = 'none', passphrase, usage, ocspStaplingParams, ...others } = one;
    if (![name, cert, key, chain].every((text) => typeof text === 'string' && text !== ''))
      throw new Refusal(400, '01070712:3: an entry of cert-key-chain must have name, cert and key');
    if (Object.keys(others).length > 0)
      throw new Refusal(400, `unknown in cert-key-chain: ${Object.keys(others).join(', ')}`);
    const optional = { passphrase, usage, ocspStaplingParams };
    const given = Object.entries(optional).filter(([, value]) => typeof value === 'string');
    return { name, cert, key, chain, ...Object.fromEntries(given) } as ChainEntry;
  });
}

/** `PATCH` of a server-SSL profile: certificate and key together. */
export function changeServerSsl(world: World, fullPath: string, body: Record<string, unknown>): unknown {
  const profile = serverSsl(world, fullPath);
  const { cert = profile.cert, key = profile.key, chain = profile.chain, ...others } = body;
  if (Object.keys(others).length > 0) throw new Refusal(400, 'one or more properties are not known');
  const changed = { ...profile, cert: String(cert), key: String(key), chain: String(chain) };
  checkedPair(world, fullPath, changed);
  const { serverSsl: all } = world.configuration;
  all.set(fullPath, changed);
  // what is not set in a profile follows its parent
  for (const one of all.values())
    if (one.defaultsFrom === fullPath && one.cert === profile.cert && one.key === profile.key)
      changeServerSsl(world, one.fullPath, { cert: changed.cert, key: changed.key, chain: changed.chain });
  return serverSslBody(world, changed);
}
