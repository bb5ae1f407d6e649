import { posix } from 'node:path';
import type { NginxSettings } from '#shared/catalog/endpoints/nginx.ts';
import { changesOf, type OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { configurationDrift } from '../common/configuration-drift.ts';
import { readManagersOf } from '../common/managers.ts';
import { refuseOtherFamily } from '../common/pieces.ts';
import type { Drift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import { WebServerEndpoint } from '../common/web-server-endpoint.ts';
import type { Material, Restarted } from '../endpoint.ts';
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
export class NginxEndpoint extends WebServerEndpoint<View> {
  readonly #settings: NginxSettings;
  #program: Program | null = null;
  /** As the configuration last read says it. */
  #runtime: { pidPath: string; errorLogPath: string | null; staysInForeground: boolean } | null = null;
  protected readonly words = { server: 'nginx', node: 'server block' };

  constructor(settings: NginxSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const ask = { program: () => this.#locate(), view: () => this.view() };
    return probeNginx(this.connection, this.tools.clock.now(), ask, begins);
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.view();
    const chosen = this.chosenOf(view, nodeKey);
    const running = await runningServer(this.connection, pidPathOf(view.configuration, view.program));
    refuseHandingOver(this.connection, running);
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.keepView(view);
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
    this.forgetView();
    await testConfiguration(this.connection, this.#plannedProgram(plan));
    return 'nginx -t read the new files and reported no error.';
  }

  async restart(): Promise<Restarted> {
    const program = await this.#locate();
    if (this.#runtime === null) await this.#readConfiguration(program);
    const { pidPath = program.pidPath, errorLogPath = null } = this.#runtime ?? {};
    const startAgain = this.startCommand;
    return reload(this.connection, { program, pidPath, errorLogPath, startAgain });
  }

  protected configurationPaths({ configuration, program }: View) {
    return { main: program.configPath, files: configuration.files.keys() };
  }

  protected givenDirectories() {
    const { nginxConfigPath } = this.#settings;
    return { all: nginxConfigPath === null ? [] : [posix.dirname(nginxConfigPath)], own: null };
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

  protected async view(): Promise<View> {
    const program = await this.#locate();
    const configuration = await this.#readConfiguration(program);
    return readView(this.connection, program, configuration);
  }
}
