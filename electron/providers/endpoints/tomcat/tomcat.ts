import { posix } from 'node:path';
import type { TomcatSettings } from '#shared/catalog/endpoints/tomcat.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf, type OwnChange } from '#shared/model/changes/index.ts';
import { keyStoreEntry } from '#shared/model/changes/key-store-entry.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { configurationDrift } from '../common/configuration-drift.ts';
import type { Piece } from '../common/content.ts';
import { pairOf } from '../common/key-store-content.ts';
import { canMakeKeysIn } from '../common/keys.ts';
import { readManagersOf } from '../common/managers.ts';
import { refuseOtherFamily } from '../common/pieces.ts';
import { ServerEndpoint } from '../common/server-endpoint.ts';
import type { Drift } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Material, Restarted, RestoreReport } from '../endpoint.ts';
import { changedSinceStart } from './changed-since.ts';
import { readConfiguration } from './configuration.ts';
import { locate, type TomcatPlace } from './host-place.ts';
import { piecesFor } from './install.ts';
import { configurationHashes, makeInstallPlan } from './plan.ts';
import { PlannedStores } from './planned-stores.ts';
import { probeTomcat } from './probe.ts';
import { tomcatRemembers } from './remembers.ts';
import { makeServed, startDead } from './restart.ts';
import { ServedBy } from './served-by.ts';
import { isStore } from './stores.ts';
import { directoriesOf, discovered, keyDirectoriesOf, readView, type View } from './view.ts';
import { restartArgv, startCommandsOf } from './ways.ts';

/** A Tomcat on a host: a node is a certificate of a TLS connector. */
export class TomcatEndpoint extends ServerEndpoint<View> {
  readonly #settings: TomcatSettings;
  /** Where it was found before. */
  #place: TomcatPlace | null = null;
  /** What was done here edited the configuration, or put it back; null: nothing was done, and it has to be asked. */
  #edited: boolean | null = null;
  readonly #stores: PlannedStores;
  readonly #servedBy: ServedBy;
  protected readonly words = { server: 'Tomcat', node: 'connector' };

  constructor(settings: TomcatSettings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#settings = settings;
    this.#stores = new PlannedStores(connection, () => this.view());
    this.#servedBy = new ServedBy(settings, connection, tools.secrets);
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const { managerUrl: url, managerUser: user } = this.#settings;
    const ask = {
      view: () => this.view(),
      way: (view: View) => this.#servedBy.way(view, false),
      manager: url === null ? null : { url, user, answers: (view: View) => this.#servedBy.answers(view) },
    };
    return probeTomcat(this.connection, this.tools.clock.now(), ask, begins);
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const view = await this.view();
    const managers = await readManagersOf(this.connection, view.nodes, view.real);
    this.keepView(view);
    return discovered(this.connection, view, managers);
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const view = await this.view();
    const chosen = this.chosenOf(view, nodeKey);
    const [managers, changedSince, startAgain] = await Promise.all([
      readManagersOf(this.connection, view.nodes, view.real),
      changedSinceStart(this.connection, view),
      this.#servedBy.restart(view),
    ]);
    this.keepView(view);
    const way = (edited: boolean) => this.#servedBy.plannedWay(view, edited);
    return makeInstallPlan({
      ...{ connection: this.connection, view, chosen, managers, changedSince, startAgain, way },
      now: this.tools.clock.now(),
    });
  }

  protected remembered(plan: InstallPlan) {
    return tomcatRemembers.read(plan);
  }

  protected override furtherDrift(plan: InstallPlan, own: readonly OwnChange[]): Promise<Drift[]> {
    const now = async () => {
      this.#place = await locate(this.connection, this.#settings.tomcatDir, this.#place);
      return configurationHashes(await readConfiguration(this.connection, this.#place));
    };
    return configurationDrift(this.connection, 'Tomcat', { grounds: plan.standsOn, now, own });
  }

  protected async piecesFor(file: FileChange, material: Material, plan: InstallPlan): Promise<Piece[]> {
    const content = await this.#stores.content(plan, file, material);
    if (content !== null) return [Secret.of(content)];
    return piecesFor(this.connection, file, tomcatRemembers.read(plan).chainPath, material);
  }

  /** An independent reader sees a key store before it replaces the old one. */
  protected override readAgain(plan: InstallPlan, material: Material): Promise<string | null> {
    return this.#stores.readAgain(plan, material);
  }

  override async afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    const hashes = await super.afterHashes(plan, material);
    for (const one of changesOf(plan.changes, 'key-store-entry'))
      hashes[keyStoreEntry.place(one)] = pairOf(material).leaf;
    return hashes;
  }

  protected override refuseMaterial(plan: InstallPlan, material: Material): void {
    refuseOtherFamily('host', tomcatRemembers.read(plan).family, material);
  }

  protected override async startAgain(_plan: InstallPlan): Promise<string[] | undefined> {
    const view = await this.view();
    const restart = view.place.running === null ? null : await this.#servedBy.restart(view);
    return restart === null ? undefined : restartArgv(restart, null);
  }

  protected override startCommands(plan: InstallPlan): readonly string[][] {
    return startCommandsOf({ ...tomcatRemembers.read(plan), service: this.#settings.service });
  }

  override async install(plan: InstallPlan, material: Material): Promise<string | null> {
    this.forgetView();
    this.#stores.forget();
    this.#edited = changesOf(plan.changes, 'configuration-line').length > 0;
    return super.install(plan, material);
  }

  /** The configuration as it is now names the new certificate, which is all that can be asked before it is loaded. */
  protected override async testInstalled(plan: InstallPlan): Promise<string> {
    const view = await this.view();
    const node = view.nodes.find(({ node: { key } }) => key === plan.nodeKey)?.node;
    if (node === undefined || node.certificate === null)
      throw new Failure(
        'endpoint.configuration-invalid',
        `After the change, the configuration of Tomcat on ${this.connection.description} no longer has a certificate for "${plan.nodeKey}".`,
        { hint: 'Discover the nodes again.' },
      );
    return 'Its configuration was read again and names the new files. Tomcat has no test of its own.';
  }

  async restart(): Promise<Restarted> {
    const view = await this.view();
    const parts = { connection: this.connection, tools: this.tools };
    if (view.place.running === null) {
      await startDead(parts, view, this.startCommand);
      return { settled: false };
    }
    const edited = this.#edited ?? (await changedSinceStart(this.connection, view));
    const way = await this.#servedBy.way(view, edited);
    await makeServed(parts, view, way, () => this.#servedBy.reload(view));
    this.#edited = null;
    return { settled: true };
  }

  override restore(snapshot: Snapshot): Promise<RestoreReport> {
    const { kept } = snapshot;
    this.#edited = kept.some((one) => one.kind === 'file' && one.path.endsWith('.xml')) || this.#edited;
    return super.restore(snapshot);
  }

  /** Where snapshots and keys may lie. A configuration that cannot be read (any more) must not keep us from clearing up. */
  protected async directories(): Promise<string[]> {
    const view = await this.viewJustRead().catch(() => null);
    return view === null ? [posix.join(this.#settings.tomcatDir, 'conf')] : directoriesOf(view);
  }

  async canMakeKeys(nodeKey?: string): Promise<{ yes: boolean; why: string }> {
    const view = await this.viewJustRead();
    const chosen = view.nodes.find(({ node }) => node.key === nodeKey);
    if (chosen !== undefined && chosen.pem === null && isStore(chosen.store))
      return { yes: false, why: 'A key is put into the key store by the agent, which makes it.' };
    return canMakeKeysIn(this.connection, keyDirectoriesOf(view));
  }

  protected async view(): Promise<View> {
    const view = await readView(this.connection, this.#settings.tomcatDir, this.#place);
    this.#place = view.place;
    return view;
  }
}
