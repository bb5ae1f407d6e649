import { posix } from 'node:path';
import { due } from '#kit/in-slices.ts';
import type { ApacheSettings } from '#shared/catalog/endpoints/apache.ts';
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
import { readTexts } from '../common/read-texts.ts';
import type { Drift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Material, Restarted, RestoreReport } from '../endpoint.ts';
import {
  readConfiguration,
  readFileNames,
  runningServer,
  startCommand,
  startCommands,
  testConfiguration,
} from './commands.ts';
import { includesOf } from './includes.ts';
import { checkPairs, refuseBroken } from './pairs.ts';
import { editable, makeInstallPlan } from './plan.ts';
import { probeApache } from './probe.ts';
import { locate, type Program } from './program.ts';
import { apacheRemembers, programOf } from './remembers.ts';
import { reload } from './restart.ts';
import { virtualHostsOf } from './vhosts.ts';
import { readView, type View } from './view.ts';

/** An Apache on a host: a node is a virtual host. Key, then chain, then configuration, so that it never names a file that is not there. */
export class ApacheEndpoint extends FileEndpoint {
  readonly #settings: ApacheSettings;
  #program: Program | null = null;
  /** As the configuration last read says it. */
  #runtime: { pidPath: string | null; errorLogPath: string | null } | null = null;
  /** As `nodes` or `plan` has just read it, for one question behind it; null: it was asked, or something was done since. */
  #justRead: View | null = null;
  /** How to start Apache again should it die of what we do: set once it was seen running before a change. */
  #startAgain: string[] | null = null;

  constructor(settings: ApacheSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const ask = { program: () => this.#locate(), view: () => this.#view() };
    return probeApache(this.connection, this.tools.clock.now(), ask, begins);
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const view = await this.#view();
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.#justRead = view;
    await due();
    return view.nodes.map(({ node }) => ({
      ...node,
      managedBy: node.managedBy ?? managerOf(node, managers),
    }));
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.#view();
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen === undefined) {
      throw new Failure(
        'node.missing',
        `Apache on ${this.connection.description} has no virtual host "${nodeKey}".`,
        { hint: 'Its addresses or names may have changed. Discover the nodes again.' },
      );
    }
    if (chosen.node.notInstallable !== null)
      throw new Failure('node.not-installable', chosen.node.notInstallable);
    const [running, managers, contents, isRead, hashes] = await Promise.all([
      runningServer(this.connection, view.configuration.pidPath),
      readManagersOf(this.connection, view.nodes, view.real),
      readTexts(this.connection, editable(chosen)),
      includesOf(this.connection, view.configuration),
      this.#hashes(view.configuration.files),
    ]);
    this.#justRead = view;
    const { certDir } = this.#settings;
    const facts = { ...view, connection: this.connection, chosen, running, managers, certDir };
    return makeInstallPlan({ ...facts, contents, isRead }, hashes);
  }

  protected remembered(plan: InstallPlan) {
    return apacheRemembers.read(plan);
  }

  protected override async furtherDrift(plan: InstallPlan, own: readonly OwnChange[]): Promise<Drift[]> {
    const program = this.#plannedProgram(plan);
    return configurationDrift(this.connection, 'Apache', {
      grounds: plan.standsOn,
      now: async () => this.#hashes(await readFileNames(this.connection, program)),
      own,
    });
  }

  protected piecesFor(file: FileChange, material: Material): Promise<Piece[]> {
    return piecesFor(this.connection, file, material);
  }

  protected override refuseMaterial(plan: InstallPlan, material: Material): void {
    refuseOtherFamily('virtual host', apacheRemembers.read(plan).family, material);
  }

  protected override async startAgain(plan: InstallPlan): Promise<string[] | undefined> {
    const running = await runningServer(this.connection, apacheRemembers.read(plan).pidPath);
    // something else keeps one in the foreground running, and one that we start there would never end
    if (running === null || (running.foreground && running.unit === null)) return undefined;
    return startCommand(this.#plannedProgram(plan), running);
  }

  protected override startCommands(plan: InstallPlan): readonly string[][] {
    return startCommands(programOf(plan), changesOf(plan.changes, 'command'));
  }

  /** Apache's own test loads neither certificates nor keys: every pair it would load is read beside it. */
  protected override async testInstalled(plan: InstallPlan): Promise<string> {
    this.#justRead = null;
    const program = this.#plannedProgram(plan);
    await testConfiguration(this.connection, program);
    const configuration = await readConfiguration(this.connection, program);
    const hosts = await virtualHostsOf(configuration, (path) => path);
    const report = await checkPairs(this.connection, { ...configuration, hosts });
    refuseBroken(this.connection, report);
    const read = 'apachectl -t read the new configuration and reported no error';
    return report.count === null
      ? `${read}; there is no openssl to read certificates and keys with.`
      : `${read}, and certificates and keys fit each other.`;
  }

  override async snapshot(plan: InstallPlan, tag: string): Promise<Snapshot> {
    const snapshot = await super.snapshot(plan, tag);
    this.#startAgain = snapshot.startAgain ?? null;
    return snapshot;
  }

  async restart(): Promise<Restarted> {
    const program = await this.#locate();
    if (this.#runtime === null) {
      const { pidPath, errorLogPath } = await readConfiguration(this.connection, program);
      this.#runtime = { pidPath, errorLogPath };
    }
    return reload(this.connection, { program, ...this.#runtime, startAgain: this.#startAgain });
  }

  /** What is back is given a new time: Apache keeps a decrypted key as long as its file has the same one. */
  override async restore(snapshot: Snapshot): Promise<RestoreReport> {
    this.#justRead = null;
    this.#startAgain = snapshot.startAgain ?? null;
    const report = await super.restore(snapshot);
    const paths = snapshot.kept.flatMap((one) =>
      one.kind === 'file' && one.before !== null ? [one.path] : [],
    );
    const touch = 'for f; do if [ -f "$f" ] && ! [ -L "$f" ]; then touch -c -- "$f"; fi; done';
    await this.connection.exec({ argv: ['sh', '-c', touch, 'sh', ...paths], timeoutMs: 30_000 });
    return report;
  }

  override async discard(snapshot: Snapshot | null, tag: string, keyPath?: string | null): Promise<void> {
    await super.discard(snapshot, tag, keyPath);
    this.#startAgain = null;
  }

  /** Where snapshots and keys may lie. A configuration that does not parse (any more) must not keep us from clearing up. */
  protected async directories(): Promise<string[]> {
    const view = await this.#viewJustRead().catch(() => null);
    const { configFile, certDir } = this.#settings;
    const given = [
      ...(configFile === null ? [] : [posix.dirname(configFile)]),
      ...(certDir === null ? [] : [certDir]),
    ];
    if (view === null) return given;
    const paths = [...view.configuration.files];
    for (const { node } of view.nodes)
      for (const path of [node.certificatePath, node.keyPath]) if (path !== null) paths.push(path);
    const above = new Set([...given, ...paths.map((path) => posix.dirname(view.real(path)))]);
    return [...above].flatMap((directory) =>
      // files of our own lie one level deeper; their new key was made in the directory above it
      posix.basename(directory) === 'trustkeep' || directory === certDir
        ? [directory, posix.dirname(directory)]
        : [directory],
    );
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    const view = await this.#viewJustRead();
    const directories = view.nodes.flatMap(({ node }) =>
      node.keyPath === null || node.notInstallable !== null ? [] : [posix.dirname(view.real(node.keyPath))],
    );
    const home = posix.dirname(view.real(view.configuration.main.path));
    return canMakeKeysIn(this.connection, directories.length === 0 ? [home] : directories);
  }

  /** The approved one: what is done after its plan was checked is done with it, and it is not looked for again. */
  #plannedProgram(plan: InstallPlan): Program {
    const { pidPath, errorLogPath } = apacheRemembers.read(plan);
    this.#program = programOf(plan);
    this.#runtime = { pidPath, errorLogPath };
    return this.#program;
  }

  async #locate(): Promise<Program> {
    const { apachectlPath: path, serverRoot, configFile } = this.#settings;
    this.#program ??= await locate(this.connection, { path, serverRoot, configFile });
    return this.#program;
  }

  async #hashes(files: readonly string[]): Promise<Record<string, string>> {
    const known = await this.connection.hashes(files);
    return Object.fromEntries(
      files.flatMap((name) => {
        const hash = known.get(name);
        return hash === undefined ? [] : [[name, hash]];
      }),
    );
  }

  async #viewJustRead(): Promise<View> {
    const view = this.#justRead ?? (await this.#view());
    this.#justRead = null;
    return view;
  }

  async #view(): Promise<View> {
    const program = await this.#locate();
    const configuration = await readConfiguration(this.connection, program);
    const { pidPath, errorLogPath } = configuration;
    this.#runtime = { pidPath, errorLogPath };
    return readView(this.connection, program, configuration);
  }
}
