import type { FileChange } from '#shared/model/changes/file.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { RewriteOptions } from '../../../pki/key-store/key-store.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Material } from '../endpoint.ts';
import type { StorePasswords } from './key-store.ts';
import { newStore, pairOf } from './key-store-content.ts';
import { changeOf } from './key-store-plan.ts';
import { refuseDrift } from './states.ts';

/** What planned key stores are to hold. An install asks several times: what was made last is kept, encrypted as it is. */
export class NewStores {
  readonly #connection: HostConnection;
  readonly #options: RewriteOptions;
  #last: { of: string; bytes: Buffer } | null = null;

  constructor(connection: HostConnection, options: RewriteOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** From what lies there now: as it was planned, or already as it will be. `endpoint.drifted`, `key-store.*`. */
  async content(
    file: FileChange,
    alias: string,
    passwords: StorePasswords,
    material: Material,
  ): Promise<Buffer> {
    const bytes = await this.#connection.read(file.path);
    const change = changeOf(file, alias, this.#options);
    const now = sha256Hex(bytes);
    const of = `${change.identity} ${pairOf(material).leaf} ${now}`;
    if (this.#last?.of === of) return this.#last.bytes;
    try {
      this.#last = { of, bytes: await newStore(bytes, passwords, change, material) };
    } catch (error) {
      // what someone else put there need not be readable
      if (now !== file.before?.sha256) refuseDrift([`${file.path} has other content`], this.#connection);
      throw error;
    }
    return this.#last.bytes;
  }
}
