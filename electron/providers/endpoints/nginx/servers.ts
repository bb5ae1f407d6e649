import { posix } from 'node:path';
import { atOnce } from '#kit/in-slices.ts';
import { isHostName, type Listen, lookedUp, parseListen } from './listen.ts';
import { type MailProtocol, mailProtocol } from './mail.ts';
import { type Configuration, fullPath, walk } from './parse.ts';
import type { Directive } from './tokens.ts';

/** One certificate with its key, as configured. Paths are complete; null when a file cannot be named. */
export interface Pair {
  certificate: Reference;
  key: Reference | null;
}

export interface Reference {
  /** As written. */
  value: string;
  /** Full path, null with `notAFile`. */
  path: string | null;
  /** Why it names no file: a variable, `data:`, `engine:`… */
  notAFile: string | null;
  directive: Directive;
  /** Inherited from the block around. */
  inherited: boolean;
  /** Stands in the server block and in a file that is included only once: may be changed for this block alone. */
  own: boolean;
}

/** The blocks at the top whose `server` blocks are read. Only in `http` does a name choose the block; the others have one at an address. */
const contexts = ['http', 'stream', 'mail'] as const;
type Context = (typeof contexts)[number];

export const contextOf = ({ name, block }: Directive): Context | null =>
  block === null ? null : (contexts.find((one) => one === name) ?? null);

/** A `listen` value without an address to dial. */
interface Skipped {
  reason: string;
  ssl: boolean;
}

export interface Server {
  /** Counted over the whole configuration, in nginx's order. */
  index: number;
  context: Context;
  directive: Directive;
  /** Its file is included only once: directives may be put into it for this block alone. */
  once: boolean;
  /** `/etc/nginx/sites-enabled/shop:3` */
  place: string;
  /** As written, in order; `""` stays as empty text. */
  names: string[];
  listens: Listen[];
  skipped: Skipped[];
  /** Its listeners without `ssl` begin TLS when a client of this protocol asks for it; null: they do not. */
  startTls: MailProtocol | null;
  /** Of a mail server; null: it is none, or does not say it. */
  mail: MailProtocol | null;
  pairs: Pair[];
  webRoot: string | null;
  rejectsHandshakes: boolean;
  /** `ssl_protocols` and `ssl_ciphers` as written; null: nginx's own. */
  protocols: string[] | null;
  ciphers: string | null;
  passwordFile: boolean;
  verifiesClients: boolean;
  staplingFile: string | null;
}

/** What the host knows of the names in a configuration. */
export interface Names {
  /** Where a path leads. */
  real(path: string): string;
  /** Every address of a host name; null: not known. */
  addresses(host: string): readonly string[] | null;
}

/** As `readingServers`, at once. @internal */
export const serversOf = (...given: Parameters<typeof readingServers>): Server[] =>
  atOnce(readingServers(...given));

/** All server blocks of `http {}`, `stream {}` and `mail {}`. In steps, which may be many. */
export function* readingServers(configuration: Configuration, names: Names): Generator<undefined, Server[]> {
  const servers: Server[] = [];
  const uses = yield* countUses(configuration, names.real);
  for (const outer of configuration.directives) {
    const context = contextOf(outer);
    if (context === null || outer.block === null) continue;
    const around = Map.groupBy(outer.block, ({ name }) => name);
    for (const directive of outer.block) {
      if (directive.name !== 'server' || directive.block === null) continue;
      yield;
      servers.push(readServer(configuration, uses, { context, around }, directive, servers.length));
    }
  }
  for (const server of servers) {
    yield;
    server.listens = server.listens.flatMap((listen) => {
      const addresses = isHostName(listen) ? names.addresses(listen.host) : null;
      return addresses === null ? [listen] : lookedUp(listen, addresses);
    });
  }
  yield* shareSsl(servers);
  return servers;
}

/** How often a directive takes part: more than once when its file is included more than once, by whichever name. */
type UsesOf = (directive: Directive) => number;

/** What an install may change, or put lines into. */
const mayChange = /^(?:server|ssl_certificate(?:_key)?)$/;

function* countUses(
  configuration: Configuration,
  real: (path: string) => string,
): Generator<undefined, UsesOf> {
  const uses = new Map<string, number>();
  for (const directive of walk(configuration.directives)) {
    if (!mayChange.test(directive.name)) continue;
    yield;
    const id = idOf(directive, real);
    uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  return (directive) => uses.get(idOf(directive, real)) ?? 0;
}

/** The same for one place in one file, whatever the file is called there. */
export const idOf = ({ file, start }: Directive, real: (path: string) => string): string =>
  `${real(file)}:${start}`;

/** `http {}` or one of the others, with its own directives by name. */
interface Outer {
  context: Context;
  around: ReadonlyMap<string, Directive[]>;
}

function readServer(
  configuration: Configuration,
  uses: UsesOf,
  { context, around }: Outer,
  directive: Directive,
  index: number,
): Server {
  const inner = directive.block ?? [];
  const ofServer = (name: string) => inner.filter((one) => one.name === name);
  /** nginx takes all of the nearest level that has any. */
  const inherited = (name: string) => {
    const own = ofServer(name);
    return own.length > 0 ? own : (around.get(name) ?? []);
  };
  const isOn = (name: string) => inherited(name).at(-1)?.args[0]?.text === 'on';
  const refer = (one: Directive) => reference(configuration, one, !inner.includes(one), uses(one) === 1);
  const keys = inherited('ssl_certificate_key').map(refer);
  const { listens, skipped } = readListens(ofServer('listen'), context);
  const mail = context === 'mail' ? mailProtocol(ofServer('protocol')[0]?.args[0]?.text, listens) : null;
  if (isOn('ssl')) for (const listen of [...listens, ...skipped]) listen.ssl = true;
  return {
    index,
    context,
    directive,
    once: uses(directive) === 1,
    place: `${directive.file}:${directive.line}`,
    // a mail server has one name, and may inherit it
    names: (context === 'mail' ? inherited : ofServer)('server_name').flatMap((one) =>
      one.args.map((arg) => (arg.text.startsWith('~') ? arg.text : arg.text.toLowerCase())),
    ),
    listens,
    skipped,
    startTls: ['on', 'only'].includes(inherited('starttls').at(-1)?.args[0]?.text ?? '') ? mail : null,
    mail,
    pairs: inherited('ssl_certificate')
      .map(refer)
      .map((certificate, i) => ({ certificate, key: keys[i] ?? null })),
    webRoot: webRootOf(configuration, inner, around),
    rejectsHandshakes: isOn('ssl_reject_handshake'),
    protocols:
      inherited('ssl_protocols')
        .at(-1)
        ?.args.map(({ text }) => text) ?? null,
    ciphers: inherited('ssl_ciphers').at(-1)?.args[0]?.text ?? null,
    verifiesClients: (inherited('ssl_verify_client').at(-1)?.args[0]?.text ?? 'off') !== 'off',
    passwordFile: inherited('ssl_password_file').length > 0,
    staplingFile: inherited('ssl_stapling_file')[0]?.args[0]?.text ?? null,
  };
}

function readListens(directives: Directive[], context: Context) {
  const listens: Listen[] = [];
  const skipped: Skipped[] = [];
  for (const directive of directives) {
    const answer = parseListen(directive.args, 80);
    if ('reason' in answer) skipped.push(answer);
    else listens.push(...answer.listens);
  }
  // nginx listens here by itself when it may; as another user it takes port 8000
  if (directives.length === 0 && context === 'http') {
    const answer = parseListen([{ text: '80', start: 0, end: 0, line: 0 }], 80);
    if ('listens' in answer) listens.push(...answer.listens);
  }
  return { listens, skipped };
}

/** `ssl` and `proxy_protocol` count for every server block at the same address, whichever of them says so. */
function* shareSsl(servers: Server[]): Generator<undefined, void> {
  for (const context of contexts) {
    yield;
    const here = servers.filter((server) => server.context === context);
    const local = here.flatMap((server) => server.skipped);
    const secured = new Set(local.filter(({ ssl }) => ssl).map(({ reason }) => reason));
    for (const one of local) one.ssl = secured.has(one.reason);
    const all = here.flatMap((server) => server.listens);
    const tcp = all.filter((listen) => !listen.quic);
    const ssl = new Set(tcp.filter((listen) => listen.ssl).map((listen) => listen.address));
    const proxied = new Set(tcp.filter((listen) => listen.proxyProtocol).map((listen) => listen.address));
    for (const listen of tcp) {
      listen.ssl = ssl.has(listen.address);
      listen.proxyProtocol = proxied.has(listen.address);
    }
  }
}

function reference(
  configuration: Configuration,
  directive: Directive,
  inherited: boolean,
  once: boolean,
): Reference {
  const value = directive.args[0]?.text ?? '';
  const notAFile = whyNoFile(value);
  const path = notAFile === null ? fullPath(value, posix.dirname(configuration.configPath)) : null;
  return { value, path, notAFile, directive, inherited, own: once && !inherited };
}

function whyNoFile(value: string): string | null {
  if (/^(data|engine|store):/.test(value)) return `it is set as "${value.split(':')[0]}:…", not as a file`;
  return value.includes('$') ? `its path contains a variable (${value})` : null;
}

/** `location /` wins, then the server block, then `http {}`; a path with a variable is no directory. */
function webRootOf(configuration: Configuration, inner: Directive[], around: Outer['around']): string | null {
  const slash = inner.find(
    (one) => one.name === 'location' && one.args.length === 1 && one.args[0]?.text === '/',
  );
  const root = [slash?.block ?? [], inner, around.get('root') ?? []]
    .map((level) => level.find((one) => one.name === 'root')?.args[0]?.text)
    .find((value) => value !== undefined);
  return root === undefined || root.includes('$') ? null : fullPath(root, configuration.prefix);
}
