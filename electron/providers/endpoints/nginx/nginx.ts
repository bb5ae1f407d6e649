import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { EndpointSettings, ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readComposition } from '../common/composition.ts';
import { canMakeKeysIn, makeKeyIn, signOnTarget } from '../common/keys.ts';
import { type ReadPem, readPemFiles } from '../common/read-pem.ts';
import { discardKept, restoreSnapshot, takeSnapshot } from '../common/snapshot.ts';
import { fileDrift, refuseDrift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Endpoint, Material, NewKey, OwnChange, RestoreReport, Snapshot } from '../endpoint.ts';
import {
  errorLogPathOf,
  locate,
  type Program,
  pidPathOf,
  readConfiguration,
  runningServer,
  startCommand,
} from './commands.ts';
import { detailsOf } from './details.ts';
import { hashesAfter, installFiles } from './install.ts';
import { type NginxNode, nodesOf, type OnDisk } from './nodes.ts';
import type { Configuration } from './parse.ts';
import { configurationHashes, makeInstallPlan } from './plan.ts';
import { probeNginx } from './probe.ts';
import { reload } from './restart.ts';
import { type Server, serversOf } from './servers.ts';

type NginxSettings = Extract<EndpointSettings, { type: 'nginx' }>;

/** Everything read at one moment. */
export interface View {
  program: Program;
  configuration: Configuration;
  servers: Server[];
  nodes: NginxNode[];
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
}

export class NginxEndpoint implements Endpoint {
  readonly #settings: NginxSettings;
  readonly #connection: HostConnection;
  readonly #tools: EndpointTools;
  #program: Program | null = null;
  /** As the configuration last read says it. */
  #runtime: { pidPath: string; errorLogPath: string | null } | null = null;
  /** How to start nginx again should it die of what we do: set once it was seen running before a change. */
  #startAgain: string[] | null = null;

  constructor(settings: NginxSettings, connection: HostConnection, tools: EndpointTools) {
    this.#settings = settings;
    this.#connection = connection;
    this.#tools = tools;
  }

  probe(): Promise<ProbeReport> {
    return probeNginx(this.#connection, this.#tools.clock.now(), {
      program: () => this.#locate(),
      view: () => this.#view(),
    });
  }

  async nodes(): Promise<DiscoveredNode[]> {
    return (await this.#view()).nodes.map(({ node }) => node);
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.#view();
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen === undefined) {
      throw new Failure(
        'node.missing',
        `nginx on ${this.#connection.description} has no server block "${nodeKey}".`,
        {
          hint: 'Its addresses or names may have changed: discover the nodes again.',
        },
      );
    }
    if (chosen.node.notInstallable !== null)
      throw new Failure('node.not-installable', chosen.node.notInstallable);
    const running = await runningServer(this.#connection, pidPathOf(view.configuration, view.program));
    return makeInstallPlan({ ...view, connection: this.#connection, chosen, running });
  }

  async checkDrift(plan: InstallPlan, own: readonly OwnChange[] = []): Promise<void> {
    const { configuration, links, program } = detailsOf(plan);
    const found = await fileDrift(this.#connection, plan.files);
    for (const [name, real] of Object.entries(links)) {
      const now = (await this.#connection.stat(name))?.realPath ?? null;
      if (now !== real) found.push(now === null ? `${name} is missing` : `${name} now leads to ${now}`);
    }
    const named = new Set(found.map((text) => text.split(' ')[0]));
    found.push(...(await this.#configurationDrift(configuration, program, named, own)));
    refuseDrift(found, this.#connection);
  }

  async #configurationDrift(
    before: Record<string, string>,
    program: Program,
    named: ReadonlySet<string | undefined>,
    own: readonly OwnChange[],
  ): Promise<string[]> {
    let now: Record<string, string>;
    try {
      now = configurationHashes(await this.#readConfiguration(program));
    } catch (error) {
      if (error instanceof Failure && error.code === 'endpoint.configuration-invalid')
        return [`nginx does not accept its configuration any more (${error.peerSaid ?? error.message})`];
      throw error;
    }
    const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
      (path) => !named.has(path),
    );
    const found = paths.map(async (path) => {
      const [then, today] = [before[path], now[path]];
      if (then === today) return [];
      if (then === undefined) return [`${path} is a new part of the configuration`];
      if (today === undefined) return [`${path} is no longer part of the configuration`];
      return (await this.#isOwn(path, then, today, own)) ? [] : [`${path} has other content`];
    });
    return (await Promise.all(found)).flat();
  }

  /** Did changes of ours, one after the other, make the file what it is now? */
  async #isOwn(path: string, then: string, today: string, own: readonly OwnChange[]): Promise<boolean> {
    if (own.length === 0) return false;
    const real = (await this.#connection.stat(path))?.realPath;
    const reached = new Set([then]);
    for (const hash of reached) // a set grows under its own iteration
      for (const one of own) if (one.path === real && one.before === hash) reached.add(one.after);
    return reached.has(today);
  }

  afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    return hashesAfter(this.#connection, plan, material);
  }

  async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const details = detailsOf(plan);
    const { files, nodeKey } = plan;
    const { keepDir, previousFingerprint } = details;
    const newDirectories = await this.#missing(details.newDirectories.map(({ path }) => path));
    const request = { nodeKey, files, previousFingerprint, keepDir, newDirectories };
    const running = await runningServer(this.#connection, details.pidPath);
    const startAgain = running === null ? undefined : startCommand(details.program, running);
    const snapshot = await takeSnapshot(this.#connection, { ...request, startAgain }, tag);
    this.#startAgain = snapshot.startAgain ?? null;
    return snapshot;
  }

  /** A directory that another install made meanwhile is not ours to remove. */
  async #missing(directories: readonly string[]): Promise<string[]> {
    const facts = await Promise.all(directories.map((path) => this.#connection.stat(path)));
    return directories.filter((_path, i) => facts[i] === null);
  }

  install(plan: InstallPlan, material: Material): Promise<void> {
    return installFiles(this.#connection, plan, material);
  }

  async restart(): Promise<void> {
    const program = await this.#locate();
    if (this.#runtime === null) await this.#readConfiguration(program);
    const { pidPath = program.pidPath, errorLogPath = null } = this.#runtime ?? {};
    const startAgain = this.#startAgain;
    await reload(this.#connection, { program, pidPath, errorLogPath, startAgain });
  }

  restore(snapshot: Snapshot): Promise<RestoreReport> {
    this.#startAgain = snapshot.startAgain ?? null;
    return restoreSnapshot(this.#connection, snapshot);
  }

  async discard(snapshot: Snapshot | null, tag: string): Promise<void> {
    await discardKept(this.#connection, snapshot, await this.#directories(), tag);
    this.#startAgain = null;
  }

  /** Where snapshots and keys may lie. A configuration that does not parse (any more) must not keep us from clearing up. */
  async #directories(): Promise<string[]> {
    const view = await this.#view().catch(() => null);
    const configPath = view?.program.configPath ?? this.#settings.nginxConfigPath;
    if (view === null) return configPath === null ? [] : [posix.dirname(configPath)];
    const paths = [...view.configuration.files.keys()];
    for (const { node } of view.nodes)
      for (const path of [node.certificatePath, node.keyPath]) if (path !== null) paths.push(path);
    const above = new Set(paths.map((path) => posix.dirname(view.real(path))));
    return [...above].flatMap((directory) =>
      // files of our own lie one level deeper; their new key was made in the directory above it
      posix.basename(directory) === 'trustkeep' ? [directory, posix.dirname(directory)] : [directory],
    );
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    const view = await this.#view();
    const directories = view.nodes.flatMap(({ node }) =>
      node.keyPath === null || node.notInstallable !== null ? [] : [posix.dirname(view.real(node.keyPath))],
    );
    const home = posix.dirname(view.real(view.program.configPath));
    return canMakeKeysIn(this.#connection, directories.length === 0 ? [home] : directories);
  }

  makeKey(plan: InstallPlan, keyType: KeyType, tag: string): Promise<NewKey> {
    const { keepDir, keyName } = detailsOf(plan);
    return makeKeyIn(this.#connection, keepDir, keyName, keyType, tag);
  }

  signWithKey(keyPath: string, keyType: KeyType, data: Uint8Array): Promise<Buffer> {
    return signOnTarget(this.#connection, keyPath, keyType, data);
  }

  /** The connection belongs to the caller. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #locate(): Promise<Program> {
    this.#program ??= await locate(
      this.#connection,
      this.#settings.nginxPath,
      this.#settings.nginxConfigPath,
    );
    return this.#program;
  }

  async #readConfiguration(program: Program): Promise<Configuration> {
    const configuration = await readConfiguration(this.#connection, program);
    this.#runtime = {
      pidPath: pidPathOf(configuration, program),
      errorLogPath: errorLogPathOf(configuration, program),
    };
    return configuration;
  }

  async #view(): Promise<View> {
    const program = await this.#locate();
    const configuration = await this.#readConfiguration(program);
    const servers = serversOf(configuration);
    const paths = servers.flatMap((server) =>
      server.pairs.flatMap((pair) => [pair.certificate.path, pair.key?.path ?? null]),
    );
    const named = paths.filter((path) => path !== null);
    const files = await readPemFiles(this.#connection, named, [...configuration.files.keys()]);
    const real = (path: string) => files.get(path)?.realPath ?? path;
    const read = memoized((path) => readLeaf(files.get(path)));
    const nodes = nodesOf(servers, this.#connection.dialAddress, read);
    return { program, configuration, servers, nodes, real, read };
  }
}

function memoized<T>(make: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const made = make(path);
    known.set(path, made);
    return made;
  };
}

function readLeaf(file: ReadPem | undefined): OnDisk | null {
  try {
    const chain = readComposition(file?.text ?? '').certificates;
    const leaf = chain[0];
    return leaf === undefined ? null : { facts: readCertificate(leaf), chainPem: chain.join('') };
  } catch {
    return null;
  }
}
