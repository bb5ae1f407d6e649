import { posix } from 'node:path';
import type { ApacheSettings } from '#shared/catalog/endpoints/apache.ts';
import { changesOf, type OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { configurationDrift } from '../common/configuration-drift.ts';
import { readManagersOf } from '../common/managers.ts';
import { refuseOtherFamily } from '../common/pieces.ts';
import { readTexts } from '../common/read-texts.ts';
import type { Drift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import { WebServerEndpoint } from '../common/web-server-endpoint.ts';
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
export class ApacheEndpoint extends WebServerEndpoint<View> {
  readonly #settings: ApacheSettings;
  #program: Program | null = null;
  /** As the configuration last read says it. */
  #runtime: { pidPath: string | null; errorLogPath: string | null } | null = null;
  protected readonly words = { server: 'Apache', node: 'virtual host' };

  constructor(settings: ApacheSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const ask = { program: () => this.#locate(), view: () => this.view() };
    return probeApache(this.connection, this.tools.clock.now(), ask, begins);
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.view();
    const chosen = this.chosenOf(view, nodeKey);
    const [running, managers, contents, isRead, hashes] = await Promise.all([
      runningServer(this.connection, view.configuration.pidPath),
      readManagersOf(this.connection, view.nodes, view.real),
      readTexts(this.connection, editable(chosen)),
      includesOf(this.connection, view.configuration),
      this.#hashes(view.configuration.files),
    ]);
    this.keepView(view);
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
    this.forgetView();
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

  async restart(): Promise<Restarted> {
    const program = await this.#locate();
    if (this.#runtime === null) {
      const { pidPath, errorLogPath } = await readConfiguration(this.connection, program);
      this.#runtime = { pidPath, errorLogPath };
    }
    return reload(this.connection, { program, ...this.#runtime, startAgain: this.startCommand });
  }

  /** What is back is given a new time: Apache keeps a decrypted key as long as its file has the same one. */
  override async restore(snapshot: Snapshot): Promise<RestoreReport> {
    const report = await super.restore(snapshot);
    const paths = snapshot.kept.flatMap((one) =>
      one.kind === 'file' && one.before !== null ? [one.path] : [],
    );
    const touch = 'for f; do if [ -f "$f" ] && ! [ -L "$f" ]; then touch -c -- "$f"; fi; done';
    await this.connection.exec({ argv: ['sh', '-c', touch, 'sh', ...paths], timeoutMs: 30_000 });
    return report;
  }

  protected configurationPaths({ configuration }: View) {
    return { main: configuration.main.path, files: configuration.files };
  }

  protected givenDirectories() {
    const { configFile, certDir } = this.#settings;
    const home = configFile === null ? [] : [posix.dirname(configFile)];
    return { all: certDir === null ? home : [...home, certDir], own: certDir };
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

  protected async view(): Promise<View> {
    const program = await this.#locate();
    const configuration = await readConfiguration(this.connection, program);
    const { pidPath, errorLogPath } = configuration;
    this.#runtime = { pidPath, errorLogPath };
    return readView(this.connection, program, configuration);
  }
}
