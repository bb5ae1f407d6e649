import { posix } from 'node:path';
import { due } from '#kit/in-slices.ts';
import type { NginxSettings } from '#shared/catalog/endpoints/nginx.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf, type OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { configurationDrift } from '../common/configuration-drift.ts';
import type { Piece } from '../common/content.ts';
import { FileEndpoint } from '../common/file-endpoint.ts';
import { canMakeKeysIn } from '../common/keys.ts';
import { managerOf, readManagersOf } from '../common/managers.ts';
import { piecesFor, refuseOtherFamily } from '../common/pieces.ts';
import type { Drift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Material, Restarted, RestoreReport } from '../endpoint.ts';
import {
  errorLogPathOf,
  pidPathOf,
  readConfiguration,
  refuseHandingOver,
  runningServer,
  startCommand,
  startCommands,
  staysInForeground,
  testConfiguration,
} from './commands.ts';
import type { Configuration } from './parse.ts';
import { configurationHashes, makeInstallPlan } from './plan.ts';
import { probeNginx } from './probe.ts';
import { locate, type Program } from './program.ts';
import { nginxRemembers, programOf } from './remembers.ts';
import { reload } from './restart.ts';
import { readView, type View } from './view.ts';

/** An nginx on a host: a node is a server block. Key, then chain, then configuration, so that it never names a file that is not there. */
export class NginxEndpoint extends FileEndpoint {
  readonly #settings: NginxSettings;
  #program: Program | null = null;
  /** As the configuration last read says it. */
  #runtime: { pidPath: string; errorLogPath: string | null; staysInForeground: boolean } | null = null;
  /** As `nodes` or `plan` has just read it, for one question behind it; null: it was asked, or something was done since. */
  #justRead: View | null = null;
  /** How to start nginx again should it die of what we do: set once it was seen running before a change. */
  #startAgain: string[] | null = null;

  constructor(settings: NginxSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const ask = { program: () => this.#locate(), view: () => this.#view() };
    return probeNginx(this.connection, this.tools.clock.now(), ask, begins);
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const view = await this.#view();
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.#justRead = view;
    await due();
    return view.nodes.map(({ node }) => ({ ...node, managedBy: managerOf(node, managers) }));
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.#view();
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen === undefined) {
      throw new Failure(
        'node.missing',
        `nginx on ${this.connection.description} has no server block "${nodeKey}".`,
        {
          hint: 'Its addresses or names may have changed. Discover the nodes again.',
        },
      );
    }
    if (chosen.node.notInstallable !== null)
      throw new Failure('node.not-installable', chosen.node.notInstallable);
    const running = await runningServer(this.connection, pidPathOf(view.configuration, view.program));
    refuseHandingOver(this.connection, running);
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.#justRead = view;
    return makeInstallPlan({ ...view, connection: this.connection, chosen, running, managers });
  }

  protected remembered(plan: InstallPlan) {
    return nginxRemembers.read(plan);
  }

  protected override async furtherDrift(plan: InstallPlan, own: readonly OwnChange[]): Promise<Drift[]> {
    const program = this.#plannedProgram(plan);
    return configurationDrift(this.connection, 'nginx', {
      grounds: plan.standsOn,
      now: async () => configurationHashes(await this.#readConfiguration(program)),
      own,
    });
  }

  protected piecesFor(file: FileChange, material: Material): Promise<Piece[]> {
    return piecesFor(this.connection, file, material);
  }

  protected override refuseMaterial(plan: InstallPlan, material: Material): void {
    refuseOtherFamily('server block', nginxRemembers.read(plan).family, material);
  }

  protected override async startAgain(plan: InstallPlan): Promise<string[] | undefined> {
    const program = this.#plannedProgram(plan);
    const running = await runningServer(this.connection, nginxRemembers.read(plan).pidPath);
    if (running === null) return undefined;
    if (this.#runtime === null) await this.#readConfiguration(program);
    // something else keeps one in the foreground running, and one that we start there would never end
    const kept = running.foreground || this.#runtime?.staysInForeground === true;
    return kept && running.unit === null ? undefined : startCommand(program, running);
  }

  protected override startCommands(plan: InstallPlan): readonly string[][] {
    return startCommands(programOf(plan), changesOf(plan.changes, 'command'));
  }

  protected override async testInstalled(plan: InstallPlan): Promise<string> {
    this.#justRead = null;
    await testConfiguration(this.connection, this.#plannedProgram(plan));
    return 'nginx -t read the new files and reported no error.';
  }

  override async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const snapshot = await super.snapshot(plan, tag);
    this.#startAgain = snapshot.startAgain ?? null;
    return snapshot;
  }

  async restart(): Promise<Restarted> {
    const program = await this.#locate();
    if (this.#runtime === null) await this.#readConfiguration(program);
    const { pidPath = program.pidPath, errorLogPath = null } = this.#runtime ?? {};
    const startAgain = this.#startAgain;
    return reload(this.connection, { program, pidPath, errorLogPath, startAgain });
  }

  override restore(snapshot: Snapshot): Promise<RestoreReport> {
    this.#justRead = null;
    this.#startAgain = snapshot.startAgain ?? null;
    return super.restore(snapshot);
  }

  override async discard(...what: Parameters<FileEndpoint['discard']>): Promise<void> {
    await super.discard(...what);
    this.#startAgain = null;
  }

  /** Where snapshots and keys may lie. A configuration that does not parse (any more) must not keep us from clearing up. */
  protected async directories(): Promise<string[]> {
    const view = await this.#viewJustRead().catch(() => null);
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
    const view = await this.#viewJustRead();
    const directories = view.nodes.flatMap(({ node }) =>
      node.keyPath === null || node.notInstallable !== null ? [] : [posix.dirname(view.real(node.keyPath))],
    );
    const home = posix.dirname(view.real(view.program.configPath));
    return canMakeKeysIn(this.connection, directories.length === 0 ? [home] : directories);
  }

  /** The approved one: what is done after its plan was checked is done with it, and it is not looked for again. */
  #plannedProgram(plan: InstallPlan): Program {
    this.#program = programOf(plan);
    return this.#program;
  }

  async #locate(): Promise<Program> {
    const { nginxPath: path, nginxConfigPath: configPath, nginxPrefix: prefix = null } = this.#settings;
    this.#program ??= await locate(this.connection, { path, configPath, prefix });
    return this.#program;
  }

  async #readConfiguration(program: Program): Promise<Configuration> {
    const configuration = await readConfiguration(this.connection, program);
    this.#runtime = {
      pidPath: pidPathOf(configuration, program),
      errorLogPath: errorLogPathOf(configuration, program),
      staysInForeground: staysInForeground(configuration),
    };
    return configuration;
  }

  async #viewJustRead(): Promise<View> {
    const view = this.#justRead ?? (await this.#view());
    this.#justRead = null;
    return view;
  }

  async #view(): Promise<View> {
    const program = await this.#locate();
    const configuration = await this.#readConfiguration(program);
    return readView(this.connection, program, configuration);
  }
}
