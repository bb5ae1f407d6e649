import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Piece } from '../common/content.ts';
import { FileEndpoint } from '../common/file-endpoint.ts';
import { canMakeKeysIn } from '../common/keys.ts';
import { type Managers, managerOf, readManagers } from '../common/managers.ts';
import { dirname } from '../common/paths.ts';
import { UserScripts } from '../common/scripts.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Material, Powers, Restarted, RunsScripts } from '../endpoint.ts';
import { makePemPlan, pemRemembers, piecesFor } from './plan.ts';
import { probePem } from './probe.ts';
import { nodeFrom, nodeKey, type PemView, readView, whyNot } from './view.ts';

/** A PEM file that some program serves: one node, the file. Restarting is the owner's script. */
export class PemEndpoint extends FileEndpoint implements RunsScripts {
  readonly #settings: PemSettings;
  readonly #scripts: UserScripts;

  constructor(settings: PemSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
    this.#scripts = new UserScripts(connection, settings);
  }

  override get powers(): Powers {
    return { ...super.powers, runsScripts: this };
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    return probePem(this.connection, this.#settings, this.tools.clock.now(), begins);
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const view = await readView(this.connection, this.#settings);
    const node = nodeFrom(this.connection, this.#settings, view);
    return [{ ...node, managedBy: managerOf(node, await this.#managers(view)) }];
  }

  async plan(key: string): Promise<InstallPlan> {
    if (key !== nodeKey)
      throw new Failure('node.missing', `A PEM file has one node, "${nodeKey}", not "${key}".`);
    const view = await readView(this.connection, this.#settings);
    const trouble = whyNot(this.connection, view);
    if (trouble !== null) throw new Failure('node.not-installable', trouble);
    return makePemPlan(this.connection, this.#settings, view, await this.#managers(view));
  }

  #managers({ certificateFile, keyFile }: PemView): Promise<Managers> {
    const leafPem = certificateFile.composition?.certificates[0] ?? null;
    const files = [certificateFile, keyFile].filter((file) => file !== null);
    return readManagers(
      this.connection,
      files.map(({ path, realPath }) => ({ path, realPath, leafPem })),
    );
  }

  protected remembered(plan: InstallPlan) {
    return pemRemembers.read(plan);
  }

  protected piecesFor(file: FileChange, material: Material): Promise<Piece[]> {
    return piecesFor(this.connection, file, material);
  }

  restart(): Promise<Restarted> {
    return this.#scripts.restart();
  }

  runInstallScript(plan: InstallPlan): Promise<{ code: number; said: string } | null> {
    return this.#scripts.install(plan);
  }

  protected async directories(): Promise<string[]> {
    const view = await readView(this.connection, this.#settings);
    const files = [view.certificateFile, view.keyFile].filter((file) => file !== null);
    return files.map((file) => dirname(file.realPath));
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    const view = await readView(this.connection, this.#settings);
    return canMakeKeysIn(this.connection, [dirname((view.keyFile ?? view.certificateFile).realPath)]);
  }
}
