import type { Plant, PlantedPeers } from './planted-peers.ts';

/** What a door is opened with: the command line as a person types it, and the values that were planted. */
export interface Hands {
  plant: Plant;
  /** A value that was planted, by its door. */
  the(door: string): string;
  /** Runs a command with what stands on its standard input; throws unless it works. */
  mustWork(args: string[], stdin?: string): Promise<Record<string, unknown>>;
  mustFail(args: string[], stdin?: string): Promise<void>;
  /** Either way: only what is said counts. */
  trust(args: string[], stdin?: string): Promise<unknown>;
  inFile(name: string, text: string): string;
  /** Adds an endpoint that logs in with a credential of a store, and waits for its first discovery. */
  logsIn(name: string, store: string, credential: string): Promise<void>;
  peers: PlantedPeers;
  /** The key of the managed host under its passphrase. */
  key: { path: string; passphrase: string };
  password: string;
}

type Door = (hands: Hands) => Promise<void>;

const add = ['credstore', 'add'];
const local = (verb: string, id: string): string[] => [
  'credstore',
  'credentials',
  verb,
  'trustkeep-store',
  id,
];

async function localCredentials(hands: Hands): Promise<void> {
  const { the, plant, mustWork, mustFail, inFile, key } = hands;
  await mustWork([...local('add', 'web'), '--username', 'u', '--password-stdin'], plant('first password'));
  await mustWork([...local('update', 'web'), '--password-file', inFile('pw', plant('second password'))]);
  await mustWork([...local('update', 'web'), '--password', plant('third password, on the command line')]);
  const withKey = ['--username', 'root', '--privatekeypath', key.path];
  await mustFail([
    ...local('add', 'key'),
    ...withKey,
    '--passphrase',
    plant('wrong passphrase of a credential'),
  ]);
  await mustWork([...local('add', 'key'), ...withKey, '--passphrase-stdin'], key.passphrase);
  await mustWork([...local('get', 'key')]);
  await mustWork(['credstore', 'credentials', 'list', 'trustkeep-store']);
  await mustFail([...local('add', 'web'), '--password', plant('password of an id that is taken')]);
  await mustWork([...local('add', 'gone'), '--password-stdin'], plant('password that was removed'));
  await mustWork([...local('remove', 'gone')]);
  await mustFail(['credstore', 'add', 'local', '--storename', 'x', '--password', the('first password')]);
}

async function vaults(hands: Hands): Promise<void> {
  const { the, plant, mustWork, mustFail, trust, inFile, logsIn, peers } = hands;
  const { vault, roleId } = peers;
  const roots = ['--trusted_roots-file', inFile('vault-roots', vault.caPem ?? '')];
  const place = [...roots, '--vaulturl', vault.url, '--rootpath', 'kv'];
  const store = (name: string): string[] => [...add, 'hashicorp', '--storename', name, ...place];
  await mustFail(
    [...store('vault'), '--authtype', 'Token', '--verify', 'hosts/web', '--token-stdin'],
    plant('wrong token of the vault'),
  );
  await mustWork(
    [...store('vault'), '--authtype', 'Token', '--verify', 'hosts/web', '--token-stdin'],
    the('token of the vault'),
  );
  await logsIn('by-vault', 'vault', 'hosts/web');
  await mustWork(['credstore', 'credentials', 'get', 'vault', 'hosts/web']);
  const role = ['--authtype', 'AppRoleSecret', '--roleid', roleId];
  await mustWork([...store('role'), ...role, '--secretid-stdin'], the('SecretID on standard input'));
  await logsIn('by-role', 'role', 'hosts/web');
  const wrapped = [...store('wrapped'), ...role, '--appwrapped', 'Yes', '--secretid-stdin'];
  await mustWork(wrapped, the('token that wraps a SecretID'));
  await trust(['credstore', 'verify', 'wrapped']);
  const file = ['--authtype', 'AppRoleFile', '--roleid', roleId, '--secretfile'];
  await mustWork([...store('file'), ...file, inFile('secret-id', the('SecretID in a file'))]);
  await logsIn('by-file', 'file', 'hosts/web');
  vault.mode = 'sealed';
  await trust(['credstore', 'verify', 'role']);
  vault.mode = 'active';
}

async function centralProvider(hands: Hands): Promise<void> {
  const { the, plant, mustWork, mustFail, inFile, logsIn, peers } = hands;
  const roots = ['--trusted_roots-file', inFile('ccp-roots', peers.ccp.caPem)];
  const store = [
    ...[...add, 'cyberark', '--storename', 'ccp', '--appid', 'Trustkeep', '--ccpurl', peers.ccp.url],
    ...[...roots, '--authcert', peers.pfx],
  ];
  await mustFail([...store, '--certpass', plant('wrong password of the client certificate')]);
  await mustWork([...store, '--certpass-stdin'], the('password of the client certificate'));
  await logsIn('by-ccp', 'ccp', 'Safe=Web;Object=web');
}

async function secretServer(hands: Hands): Promise<void> {
  const { the, plant, mustWork, mustFail, inFile, logsIn, peers } = hands;
  const { url, caPem } = peers.secretServer;
  const store = [
    ...[...add, 'delinea-secret-server', '--storename', 'delinea', '--url', url, '--username', 'agent'],
    ...['--trusted_roots-file', inFile('delinea-roots', caPem), '--verify', '12'],
  ];
  await mustFail([...store, '--password-stdin'], plant('wrong password for the Secret Server'));
  await mustWork([...store, '--password-stdin'], the('password for the Secret Server'));
  await logsIn('by-delinea', 'delinea', '12');
}

async function proxy(hands: Hands): Promise<void> {
  const { the, plant, trust, mustWork, peers } = hands;
  if (peers.squid === null) return;
  const way = ['proxy', 'set', '--host', '127.0.0.1', '--port', String(peers.squid.port), '--user', 'agent'];
  await trust([...way, '--password', plant('wrong password of the proxy')]);
  await trust([...way, '--password-stdin'], the('password of the proxy'));
  await trust(['proxy', 'test', 'https://example.invalid/']);
  await mustWork(['proxy', 'get']);
}

/** Everything by which a credential comes in. Add one here. */
export const credentialDoors: Record<string, Door> = {
  'local credentials': localCredentials,
  'HashiCorp Vault': vaults,
  'CyberArk Central Credential Provider': centralProvider,
  'Delinea Secret Server': secretServer,
  'the proxy': proxy,
};
