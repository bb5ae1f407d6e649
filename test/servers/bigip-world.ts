/** One object of the file store: a certificate (or a bundle of them) or a private key, as PEM. */
interface StoredFile {
  pem: string;
  createdBy: string;
  /** Of a key; left out: `normal`. */
  securityType?: string;
}

export interface ChainEntry {
  name: string;
  cert: string;
  key: string;
  chain: string;
  passphrase?: string;
  /** Left out: `SERVER`. */
  usage?: string;
  ocspStaplingParams?: string;
}

export interface ClientSsl {
  fullPath: string;
  defaultsFrom: string;
  /** Its own; one that inherits has its parent's. */
  certKeyChain: ChainEntry[];
  inheritCertkeychain: boolean;
  serverName: string;
  sniDefault: boolean;
  appService?: string;
}

export interface ServerSsl {
  fullPath: string;
  defaultsFrom: string;
  cert: string;
  key: string;
  chain: string;
}

export interface Virtual {
  fullPath: string;
  /** As the product writes it: `/Common/10.0.0.1%2:443`. */
  destination: string;
  enabled: boolean;
  clientSide: string[];
  serverSide: string[];
}

/** What a transaction works on, and replaces as a whole. */
export interface Configuration {
  certs: Map<string, StoredFile>;
  keys: Map<string, StoredFile>;
  clientSsl: Map<string, ClientSsl>;
  serverSsl: Map<string, ServerSsl>;
}

interface Device {
  name: string;
  managementIp: string;
  failoverState: 'active' | 'standby' | 'offline' | 'forced-offline';
}

interface DeviceGroup {
  fullPath: string;
  autoSync: boolean;
  devices: string[];
}

interface Token {
  user: string;
  /** Epoch milliseconds. */
  until: number;
}

export interface User {
  password: string;
  role: 'admin' | 'resource-admin' | 'certificate-manager' | 'guest';
}

export interface Transaction {
  commands: ((world: World) => unknown)[];
  state: 'STARTED' | 'COMPLETED' | 'FAILED';
  failureReason: string;
}

/** What goes wrong with one request, counted from the next one that is about something. */
export interface Fault {
  /** How many are served before. */
  after: number;
  how: 'lost before' | 'lost after' | 'token expired' | 'denied' | 'unavailable' | 'disk full' | 'refused';
  /** Only of requests with such a path and method; left out: of any. */
  at?: RegExp;
  method?: string;
}

export interface World {
  version: string;
  users: Map<string, User>;
  tokens: Map<string, Token>;
  /** Seconds that a new token lives. */
  tokenLife: number;
  uploads: Map<string, Buffer>;
  configuration: Configuration;
  /** As it was saved the last time: what a restart would load. */
  saved: Configuration;
  virtuals: Map<string, Virtual>;
  devices: Device[];
  self: string;
  groups: DeviceGroup[];
  sync: 'Standalone' | 'In Sync' | 'Changes Pending' | 'Disconnected';
  transactions: Map<string, Transaction>;
  /** The certificate of the management page. */
  deviceCertificate: string;
  /** False: `util/bash` is not there (appliance mode). */
  hasBash: boolean;
  /** `METHOD path`, of everything that was asked. */
  requests: string[];
  faults: Fault[];
  now(): number;
  /** Called when what is served may be another. */
  changed(): void;
}

/** An answer that says no, in the words of the product. */
export class Refusal extends Error {
  readonly status: number;
  readonly text: string | null;

  /** `text`: what is sent in place of JSON. */
  constructor(status: number, message: string, text: string | null = null) {
    super(message);
    this.status = status;
    this.text = text;
  }
}

/** `~Common~shop.crt` or `~Tenant~App~shop` as a full path. */
export function fullPathOf(name: string): string {
  const plain = decodeURIComponent(name);
  if (!plain.startsWith('~'))
    throw new Refusal(404, `01020036:3: The requested folder (/Common/${plain}) was not found.`);
  return plain.replaceAll('~', '/');
}

/** `/Common/shop.crt` → partition and name, with the folders between. */
export function partsOf(fullPath: string): { name: string; partition: string; subPath?: string } {
  const [, partition = '', ...others] = fullPath.split('/');
  const name = others.pop() ?? '';
  return { name, partition, ...(others.length === 0 ? {} : { subPath: others.join('/') }) };
}

export const tilde = (fullPath: string): string => fullPath.replaceAll('/', '~');

export function copyOf({ certs, keys, clientSsl, serverSsl }: Configuration): Configuration {
  return {
    certs: new Map(certs),
    keys: new Map(keys),
    clientSsl: new Map(structuredClone([...clientSsl])),
    serverSsl: new Map(structuredClone([...serverSsl])),
  };
}
