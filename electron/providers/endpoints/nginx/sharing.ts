import { posix } from 'node:path';
import { atOnce } from '#kit/in-slices.ts';
import type { Sharing } from '#shared/model/plan.ts';
import { blocksAt } from './choice.ts';
import { type Configuration, fullPath, walk } from './parse.ts';
import { servesTls } from './places.ts';
import { contextOf, idOf, type Pair, type Server } from './servers.ts';
import type { Directive } from './tokens.ts';

/** Who else uses the files or the addresses of a node. */
export interface Shared {
  /** Server blocks that use the same certificate or key file. */
  blocks: Server[];
  /** Other directives that name one of the files, as `name (file:line)`. */
  uses: Use[];
  /** Those of the node's own block, and of blocks that use the same pair, for which the new certificate is meant as well. */
  own: Use[];
}

interface Use {
  who: string;
  path: string;
}

/** `real` gives where a path leads, so that two names of one file are known as one. */
export function sharedBy(
  configuration: Configuration,
  servers: readonly Server[],
  server: Server,
  pair: Pair,
  real: (path: string) => string,
): Shared {
  const ours = new Set(
    [pair.certificate.path, pair.key?.path ?? null].flatMap((path) => (path ? [real(path)] : [])),
  );
  const uses = (path: string | null | undefined) => typeof path === 'string' && ours.has(real(path));
  const blocks = servers.filter(
    (one) =>
      one !== server &&
      servesTls(one) &&
      one.pairs.some((other) => uses(other.certificate.path) || uses(other.key?.path)),
  );
  const meant = new Map([server, ...blocks].map((one) => [one.directive, one]));
  const found = { uses: new Map<string, Use>(), own: new Map<string, Use>() };
  for (const { directive, within, path } of atOnce(findingOtherFiles(configuration))) {
    if (!ours.has(real(path))) continue;
    const block = within === null ? undefined : meant.get(within);
    const who = `${directive.name} (${directive.file}:${directive.line})`;
    const kind = block !== undefined && belongsToPair(directive, block) ? found.own : found.uses;
    kind.set(idOf(directive, real), { who, path });
  }
  return { blocks, uses: [...found.uses.values()], own: [...found.own.values()] };
}

/** What says more about the certificate that its block serves, and would be wrong beside a new one. */
function belongsToPair({ name, args }: Directive, block: Server): boolean {
  // for a block that verifies clients it says which of them get in, too
  if (name === 'ssl_trusted_certificate') return !block.verifiesClients;
  return name === 'ssl_conf_command' && /^(Certificate|PrivateKey)$/i.test(args[0]?.text ?? '');
}

/** What directives beside the pairs of the server blocks name, where it may be one of their files, and in which block of a server. In steps, which may be many. */
export function* findingOtherFiles(configuration: Configuration): Generator<undefined, OtherFile[]> {
  const directory = posix.dirname(configuration.configPath);
  const found: OtherFile[] = [];
  for (const { directive, within } of besidePairs(configuration)) {
    yield;
    if (!namesFiles.test(directive.name)) continue;
    for (const { text } of directive.args)
      if (!text.includes('$')) found.push({ directive, within, path: fullPath(text, directory) });
  }
  return found;
}

interface OtherFile {
  directive: Directive;
  within: Directive | null;
  path: string;
}

/** All directives but the pairs where server blocks have or inherit them: those of blocks that are not read are none. */
function* besidePairs(
  configuration: Configuration,
): Generator<{ directive: Directive; within: Directive | null }> {
  for (const outer of configuration.directives)
    for (const one of contextOf(outer) === null ? [outer] : withoutPairs(outer.block ?? [])) {
      const within = one !== outer && one.name === 'server' && one.block !== null ? one : null;
      for (const directive of walk(within === null ? [one] : withoutPairs(within.block ?? [])))
        yield { directive, within };
    }
}

const withoutPairs = (directives: readonly Directive[]) =>
  directives.filter(({ name }) => !ofPairs.has(name));

const ofPairs = new Set(['ssl_certificate', 'ssl_certificate_key']);
/** Of nginx and of its modules: `ssl_trusted_certificate`, `proxy_ssl_certificate_key`, `ssl_conf_command Certificate`, `ssl_crl` … */
const namesFiles = /certificate|_key$|_crl$|_file$|_dhparam$|_conf_command$/;

export const serverLabel = (server: Server): string => {
  const name =
    server.names.find((one) => one !== '' && one !== '_') ?? server.listens[0]?.address ?? 'unnamed';
  const what = server.context === 'http' ? 'server' : `${server.context} server`;
  return `${what} ${name} (${server.place})`;
};

/** Blocks that would show the new certificate though it may not be meant for them. */
export function namesNotShared(server: Server, others: readonly Server[]): Server[] {
  return others.filter((other) => !other.names.every((name) => server.names.includes(name)));
}

export function certificateSharings(shared: Shared): Sharing[] {
  return [
    ...shared.blocks.map((block) => ({
      what: 'certificate' as const,
      who: serverLabel(block),
      sentence: `${serverLabel(block)} uses the same certificate or key file and will serve the new certificate too.`,
    })),
    ...shared.uses.map(({ who, path }) => ({
      what: 'certificate' as const,
      who,
      sentence: `${who} reads ${path}, which is replaced.`,
    })),
  ];
}

/** Where this block is the default one, clients that name no server (or none known) are shown its certificate. */
export function addressSharings(servers: readonly Server[], server: Server): Sharing[] {
  const found = new Map<Server, Sharing>();
  for (const listen of server.listens) {
    if (!listen.ssl || listen.quic) continue;
    const here = blocksAt(servers, server.context, listen.address);
    if (here[0] !== server) continue;
    for (const other of here.slice(1)) {
      const sentence =
        other.pairs.length === 0
          ? `${serverLabel(other)} has no certificate of its own at ${listen.address} and will serve the new one.`
          : `${serverLabel(other)} also answers at ${listen.address}. Clients that send no server name will get the new certificate there.`;
      if (!found.has(other)) found.set(other, { what: 'address', who: serverLabel(other), sentence });
    }
  }
  return [...found.values()];
}
