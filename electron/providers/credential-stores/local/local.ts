import type { Clock } from '#kit/clock.ts';
import { shellWord } from '#kit/shell-word.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Credential, StoreReport } from '#shared/model/credential-store.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { Secret } from '../../../secrets/secret.ts';
import {
  type CredentialStore,
  type LocalRows,
  type SealedPart,
  type StoredCredential,
  wipeCredential,
} from '../credential-store.ts';

/** As many as `verify` opens, so that it stays a matter of milliseconds. */
const verified = 200;

interface LocalParts {
  name: string;
  rows: LocalRows;
  clock: Clock;
}

/** The credentials that are kept here, each sealed in its row. */
export class LocalStore implements CredentialStore {
  readonly description: string;
  readonly near = true;
  readonly #name: string;
  readonly #rows: LocalRows;
  readonly #clock: Clock;

  constructor(parts: LocalParts) {
    this.description = `credential store "${parts.name}" on this machine`;
    this.#name = parts.name;
    this.#rows = parts.rows;
    this.#clock = parts.clock;
  }

  async close(): Promise<void> {}

  async read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    signal?.throwIfAborted();
    const row = this.#rows.find(id);
    if (row === null) throw unknown(id, this.#name);
    return this.#opened(row);
  }

  async verify(signal?: AbortSignal): Promise<StoreReport> {
    signal?.throwIfAborted();
    const report = (checks: ProbeCheck[]) => ({
      ok: checks.every(({ ok }) => ok),
      checks,
      at: this.#clock.now(),
    });
    try {
      this.#rows.mustBeOpen();
    } catch (error) {
      const { message, hint } = asFailure(error);
      const sentence = hint === undefined ? message : `${message} ${hint}`;
      return report([{ name: 'log-in', ok: false, sentence }]);
    }
    const open: ProbeCheck = {
      name: 'log-in',
      ok: true,
      sentence: 'It is kept on this machine, and its key is available.',
    };
    return report([open, this.#openAll()]);
  }

  #opened(row: Credential): StoredCredential {
    const found: Secret[] = [];
    const open = (part: SealedPart, has: boolean): Secret | null => {
      if (!has) return null;
      const secret = this.#openPart(row, part);
      found.push(secret);
      return secret;
    };
    try {
      return {
        username: row.username,
        domain: null,
        password: open('password', row.hasPassword),
        privateKey: open('private-key', row.privateKey !== null),
        passphrase: open('passphrase', row.privateKey?.hasPassphrase === true),
        changeInProcess: false,
        about: [],
      };
    } catch (error) {
      for (const secret of found) secret.wipe();
      throw error;
    }
  }

  #openPart(row: Credential, part: SealedPart): Secret {
    let cause: unknown;
    try {
      const secret = this.#rows.secret(row.rowId, part);
      if (secret !== null) return secret;
    } catch (error) {
      if (asFailure(error).code !== 'secret.damaged') throw error;
      cause = error;
    }
    const what = part === 'private-key' ? 'private key' : part;
    throw new Failure(
      'secret.damaged',
      `The ${what} of credential "${row.id}" in credential store "${this.#name}" is damaged and cannot be opened.`,
      { hint: `Enter the ${what} of this credential again. All others can be used.`, cause },
    );
  }

  #openAll(): ProbeCheck {
    const count = this.#rows.count();
    const tried = this.#rows.first(verified);
    const damaged = tried.flatMap((row) => {
      try {
        wipeCredential(this.#opened(row));
        return [];
      } catch (error) {
        return [asFailure(error).message];
      }
    });
    const [first] = damaged;
    if (first !== undefined) {
      const more = damaged.length === 1 ? '' : ` So are parts of ${damaged.length - 1} more.`;
      return {
        name: 'read',
        ok: false,
        sentence: `${first}${more} Enter them again. All others can be used.`,
      };
    }
    const all =
      tried.length < count ? `; the first ${tried.length} of them were opened` : ' and can be opened';
    const many = count === 1 ? 'One credential is' : `${count} credentials are`;
    const sentence = count === 0 ? 'There is no credential in it yet.' : `${many} kept in it${all}.`;
    return { name: 'read', ok: true, sentence };
  }
}

/** What an id of a local store may look like; an id that is something else cannot be there. */
const possible = /^(?! )[^/\\\p{Cc}]{1,255}(?<! )$/u;

function unknown(id: string, name: string): Failure {
  if (possible.test(id))
    return new Failure(
      'credential.not-found',
      `There is no credential "${id}" in credential store "${name}".`,
      {
        hint: `List them: trustkeep credstore credentials list --storename ${shellWord(name)}`,
      },
    );
  return new Failure(
    'credential.bad-id',
    `"${id.slice(0, 100)}" cannot be the ID of a credential in credential store "${name}".`,
    { hint: 'An ID has 1 to 255 characters, no slashes and no space at either end.' },
  );
}
