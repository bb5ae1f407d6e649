import type { KeyStoreSettings } from '#shared/catalog/endpoints/key-store.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import { keyStoreEntry } from '#shared/model/changes/key-store-entry.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import { certificateFingerprint } from '../../../pki/fingerprint.ts';
import type { RewriteOptions } from '../../../pki/key-store/key-store.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Material, Powers, Restarted, RunsScripts } from '../endpoint.ts';
import type { Piece } from './content.ts';
import { FileEndpoint } from './file-endpoint.ts';
import {
  entryKey,
  keyOf,
  readStore,
  type StoreOnHost,
  type StorePasswords,
  storeOnHost,
  withPasswords,
} from './key-store.ts';
import { pairOf } from './key-store-content.ts';
import { NewStores } from './key-store-made.ts';
import { aliasesOf, nodeOf } from './key-store-nodes.ts';
import { keyStoreFacts, plannedEntry, storePlan } from './key-store-plan.ts';
import { probeKeyStore } from './key-store-probe.ts';
import { readByHost } from './key-store-reader.ts';
import { type Managers, managerOf, readManagers, takenFrom } from './managers.ts';
import { dirname } from './paths.ts';
import { Remembered } from './remembers.ts';
import { UserScripts } from './scripts.ts';
import type { Drift } from './states.ts';
import type { EndpointTools } from './tools.ts';

/** What differs between types. */
interface KeyStoreWays {
  /** How new entries are protected. */
  options: RewriteOptions;
  /** The program of the endpoint that reads a new store first. */
  reader: 'keytool' | 'openssl';
}

/** A key store that some program serves: its key entries are the nodes. Restarting is the owner's script. */
export class KeyStoreEndpoint extends FileEndpoint implements RunsScripts {
  readonly #settings: KeyStoreSettings;
  readonly #options: RewriteOptions;
  readonly #reader: 'keytool' | 'openssl';
  readonly #scripts: UserScripts;
  readonly #remembers: Remembered<typeof keyStoreFacts>;
  readonly #new: NewStores;

  constructor(
    settings: KeyStoreSettings & { type: string },
    { options, reader }: KeyStoreWays,
    connection: HostConnection,
    tools: EndpointTools,
  ) {
    super(connection, tools);
    this.#settings = settings;
    this.#options = options;
    this.#reader = reader;
    this.#new = new NewStores(connection, options);
    this.#scripts = new UserScripts(connection, settings);
    this.#remembers = new Remembered(settings.type, 1, keyStoreFacts);
  }

  override get powers(): Powers {
    return { makesKeys: null, restarts: this, runsScripts: this };
  }

  probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    return probeKeyStore(this.connection, this.#settings, this.tools, begins);
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const on = await this.#open();
    const managers = await this.#managers(on);
    return aliasesOf(on, this.#settings).map((alias) => {
      const node = { ...nodeOf(on, this.#settings, alias), managedBy: null };
      return { ...node, managedBy: managerOf(node, managers) };
    });
  }

  plan(nodeKey: string): Promise<InstallPlan> {
    return this.#with(async (passwords) => {
      const on = await storeOnHost(this.connection, this.#settings.path, passwords, [nodeKey]);
      const alias = aliasesOf(on, this.#settings).find((one) => entryKey(one) === nodeKey);
      if (alias === undefined)
        throw new Failure('node.missing', `The key store ${on.path} no longer has the key "${nodeKey}".`, {
          hint: 'Discover the nodes of the endpoint again.',
        });
      return this.#planned(on, passwords, alias);
    });
  }

  async #planned(on: StoreOnHost, passwords: StorePasswords, alias: string): Promise<InstallPlan> {
    const wanted = { alias, options: this.#options, now: this.tools.clock.now() };
    const planned = await plannedEntry(this.connection, on, passwords, wanted);
    return {
      ...storePlan(on, this.#settings, planned, this.#scripts),
      remembers: this.#remembers.write(planned.facts),
      ...takenOver(await this.#managers(on), planned.file),
    };
  }

  protected remembered(plan: InstallPlan) {
    return this.#remembers.read(plan);
  }

  protected piecesFor(file: FileChange, material: Material, plan: InstallPlan): Promise<Piece[]> {
    return this.#with(async (passwords) => [Secret.of(await this.#content(file, plan, passwords, material))]);
  }

  #content(
    file: FileChange,
    plan: InstallPlan,
    passwords: StorePasswords,
    material: Material,
  ): Promise<Buffer> {
    return this.#new.content(file, this.#remembers.read(plan).alias, passwords, material);
  }

  override async afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>> {
    const hashes = await super.afterHashes(plan, material);
    const { leaf } = pairOf(material);
    for (const one of changesOf(plan.changes, 'key-store-entry')) hashes[keyStoreEntry.place(one)] = leaf;
    return hashes;
  }

  protected override refuseMaterial(plan: InstallPlan, material: Material): void {
    const { leaf } = pairOf(material);
    const other = changesOf(plan.changes, 'key-store-entry').find(
      ({ after }) => after !== null && after.certificate !== null && after.certificate !== leaf,
    );
    if (other === undefined) return;
    throw new Failure(
      'install.other-content',
      `The entry ${other.alias} of ${other.keyStore} would not hold what was checked with the new certificate.`,
      { hint: 'Nothing was written. Request the certificate again.' },
    );
  }

  /** An independent reader sees it before it replaces the old one. */
  protected override readAgain(plan: InstallPlan, material: Material): Promise<string | null> {
    return this.#with(async (passwords) => {
      const [file] = changesOf(plan.changes, 'file');
      const [entry] = changesOf(plan.changes, 'key-store-entry');
      if (file === undefined || entry === undefined) return null;
      const present = await this.connection.read(file.path);
      const bytes = await this.#content(file, plan, passwords, material);
      const { format, entries } = (await readStore(bytes, passwords)).store;
      const alone = entries.filter(({ kind }) => kind === 'key').length === 1;
      const asked = { format, bytes, passwords, alias: entry.alias, first: this.#reader, alone };
      const store = { ...asked, ...pairOf(material) };
      return readByHost(this.connection, store, {
        bytes: present,
        alias: entry.before === null ? null : entry.alias,
      });
    });
  }

  /** The file's own comparison says that it changed; this says whether the entry did. */
  protected override async furtherDrift(plan: InstallPlan): Promise<Drift[]> {
    const [file] = changesOf(plan.changes, 'file');
    const [entry] = changesOf(plan.changes, 'key-store-entry');
    if (file === undefined || entry === undefined) return [];
    const hash = await this.connection.hash(file.path).catch(() => null);
    if (hash === null || hash === file.before?.sha256) return [];
    const on = await this.#open().catch((error: unknown) => error);
    if (on instanceof Failure) return [{ path: null, sentence: on.message.replace(/\.$/, '') }];
    const leaf = keyOf((on as StoreOnHost).store, entry.alias)?.chain[0];
    const now = leaf === undefined ? null : { certificate: certificateFingerprint(leaf) };
    return keyStoreEntry.drift(entry, now).map((sentence) => ({ path: null, sentence }));
  }

  /** Also while the passwords are not at hand: a restart is what undoing ends with. */
  async restart(): Promise<Restarted> {
    return this.#scripts.restart(await this.#masks());
  }

  async runInstallScript(plan: InstallPlan): Promise<{ code: number; said: string } | null> {
    return this.#scripts.install(plan, await this.#masks());
  }

  /** What no script may be repeated with. Null: it cannot be told now. */
  async #masks(): Promise<string[] | null> {
    try {
      return await this.#with(async ({ store, key }) => [
        store.text(),
        ...(key === null ? [] : [key.text()]),
      ]);
    } catch {
      return null;
    }
  }

  protected async directories(): Promise<string[]> {
    const facts = await this.connection.stat(this.#settings.path);
    return facts === null ? [] : [dirname(facts.realPath)];
  }

  canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    return Promise.resolve({
      yes: false,
      why: 'A key is put into the key store by the agent, which makes it.',
    });
  }

  #with<T>(work: (passwords: StorePasswords) => Promise<T>): Promise<T> {
    return withPasswords(this.tools.secrets, work);
  }

  #open(): Promise<StoreOnHost> {
    return this.#with((passwords) => storeOnHost(this.connection, this.#settings.path, passwords));
  }

  #managers(on: StoreOnHost): Promise<Managers> {
    const nodes = aliasesOf(on, this.#settings).map((alias) => nodeOf(on, this.#settings, alias));
    const [leafPem = null] = nodes.map(({ chainPem }) => chainPem);
    return readManagers(this.connection, [{ path: on.path, realPath: on.realPath, leafPem }]);
  }
}

function takenOver(managers: Managers, file: FileChange): Pick<InstallPlan, 'takesOver'> {
  const taken = takenFrom(managers, [file]);
  return taken.length > 0 ? { takesOver: taken } : {};
}
