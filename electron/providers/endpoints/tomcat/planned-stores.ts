import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readStore } from '../common/key-store.ts';
import { pairOf } from '../common/key-store-content.ts';
import { NewStores } from '../common/key-store-made.ts';
import { readByHost } from '../common/key-store-reader.ts';
import { refuseDrift } from '../common/states.ts';
import type { Material } from '../endpoint.ts';
import { tomcatRemembers } from './remembers.ts';
import { type StoreOf, storeOrRefuse, withSecrets } from './stores.ts';
import type { View } from './view.ts';

/** Key stores that plans change. Their passwords are in the configuration of Tomcat, never in a plan. */
export class PlannedStores {
  readonly #connection: HostConnection;
  readonly #view: () => Promise<View>;
  readonly #new: NewStores;
  /** Of the plan that is being carried out. */
  #known: { nodeKey: string; passwords: StoreOf['passwords'] } | null = null;

  constructor(connection: HostConnection, view: () => Promise<View>) {
    this.#connection = connection;
    this.#view = view;
    this.#new = new NewStores(connection, {});
  }

  /** What was read of the configuration may be another by now. */
  forget(): void {
    this.#known = null;
  }

  /** What a planned key store is to hold; null: the plan has none. `node.not-installable`, `endpoint.drifted`, `key-store.*`. */
  async content(plan: InstallPlan, file: FileChange, material: Material): Promise<Buffer | null> {
    const { alias } = tomcatRemembers.read(plan);
    if (alias === null) return null;
    const passwords = await this.#passwords(plan).catch((error) => this.#refuseOther(file, error));
    return withSecrets(passwords, (all) => this.#new.content(file, alias, all, material));
  }

  /** What someone else put there since the plan was made need not be readable. */
  async #refuseOther(file: FileChange, error: unknown): Promise<never> {
    if (error instanceof Failure && error.code === 'node.not-installable') {
      const now = await this.#connection.hash(file.path);
      if (now !== file.before?.sha256) refuseDrift([`${file.path} has other content`], this.#connection);
    }
    throw error;
  }

  /** Has a program of the host read it before it replaces the present one. What that said; null: the plan has none. */
  async readAgain(plan: InstallPlan, material: Material): Promise<string | null> {
    const [file] = changesOf(plan.changes, 'file');
    const [entry] = changesOf(plan.changes, 'key-store-entry');
    if (file === undefined || entry === undefined) return null;
    const present = await this.#connection.read(file.path);
    const bytes = await this.content(plan, file, material);
    if (bytes === null) return null;
    return withSecrets(await this.#passwords(plan), async (passwords) => {
      const { format, entries } = (await readStore(bytes, passwords)).store;
      const alone = entries.filter(({ kind }) => kind === 'key').length === 1;
      const asked = { format, bytes, passwords, alias: entry.alias, first: 'keytool' as const, alone };
      return readByHost(
        this.#connection,
        { ...asked, ...pairOf(material) },
        { bytes: present, alias: entry.before === null ? null : entry.alias },
      );
    });
  }

  async #passwords({ nodeKey }: InstallPlan): Promise<StoreOf['passwords']> {
    if (this.#known?.nodeKey === nodeKey) return this.#known.passwords;
    const view = await this.#view();
    const node = view.nodes.find(({ node: { key } }) => key === nodeKey);
    const { passwords } = storeOrRefuse(node?.store ?? null);
    this.#known = { nodeKey, passwords };
    return passwords;
  }
}
