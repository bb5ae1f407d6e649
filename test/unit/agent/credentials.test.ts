import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { type CredentialReader, makeCredentialReader } from '../../../electron/agent/credentials.ts';
import type {
  CredentialStore,
  StoredCredential,
} from '../../../electron/providers/credential-stores/credential-store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { JumpingClock } from '../../make/clock.ts';
import { logInto } from '../../make/log-lines.ts';

const minute = 60_000;

/** A vault whose answers are given by hand. */
class Vault implements CredentialStore {
  readonly description = 'the vault';
  near?: boolean;
  password = 'Pw-first-zqmarkqz';
  changeInProcess = false;
  asked: string[] = [];
  given: StoredCredential[] = [];
  aborted = 0;
  refuse: Failure | null = null;
  /** Answers wait for it when there is one. */
  gate: Promise<void> | null = null;

  async read(id: string, signal?: AbortSignal): Promise<StoredCredential> {
    this.asked.push(id);
    signal?.addEventListener('abort', () => this.aborted++);
    await this.gate;
    if (this.refuse !== null) throw this.refuse;
    const credential = {
      ...{ username: 'deploy', domain: null, privateKey: null, passphrase: null, about: ['version 1'] },
      password: Secret.of(this.password),
      changeInProcess: this.changeInProcess,
    };
    this.given.push(credential);
    return credential;
  }
  async verify() {
    return { ok: true, checks: [], at: 0 };
  }
  async close() {}
}

const isWiped = (secret: Secret | null | undefined): boolean => {
  try {
    return secret?.bytes() === undefined;
  } catch {
    return true;
  }
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

let vault: Vault;
let clock: JumpingClock;
let lines: string[];
let reader: CredentialReader;
beforeEach(() => {
  vault = new Vault();
  clock = new JumpingClock();
  lines = [];
  const store = (id: string) => {
    if (id === 'cs_gone') throw new Failure('credential-store.not-found', 'The credential store is gone.');
    return vault;
  };
  reader = makeCredentialReader({ store, clock, log: logInto(lines) });
});

describe('reading a credential', () => {
  test('asks the store once in five minutes, and says what came from memory', async () => {
    const first = await reader.read('cs_1', 'web');
    const second = await reader.read('cs_1', 'web');
    expect([first.fromMemory, second.fromMemory]).toEqual([false, true]);
    expect(second.password?.text()).toBe('Pw-first-zqmarkqz');
    expect(second).toMatchObject({ username: 'deploy', about: ['version 1'] });
    clock.jump(5 * minute + 1);
    vault.password = 'Pw-second';
    const third = await reader.read('cs_1', 'web');
    expect(third.password?.text()).toBe('Pw-second');
    expect(vault.asked).toEqual(['web', 'web']);
  });

  test('keeps ids and stores apart', async () => {
    await reader.read('cs_1', 'web');
    await reader.read('cs_1', 'api');
    await reader.read('cs_2', 'web');
    expect(vault.asked).toEqual(['web', 'api', 'web']);
  });

  test('gives copies: wiping one harms nobody, and what the store gave is wiped', async () => {
    const first = await reader.read('cs_1', 'web');
    first.password?.wipe();
    first.about.push('changed');
    await turn();
    expect(isWiped(vault.given[0]?.password)).toBe(true);
    const second = await reader.read('cs_1', 'web');
    expect(second.password?.text()).toBe('Pw-first-zqmarkqz');
    expect(second.about).toEqual(['version 1']);
  });

  test('wipes what it kept when the time is over, without anybody asking', async () => {
    const wiped: Secret[] = [];
    const wipe = Secret.prototype.wipe;
    await reader.read('cs_1', 'web');
    await turn();
    Secret.prototype.wipe = function (this: Secret) {
      wiped.push(this);
      wipe.call(this);
    };
    try {
      clock.jump(4 * minute);
      expect(wiped).toHaveLength(0);
      clock.jump(minute + 1);
      expect(wiped).toHaveLength(1);
    } finally {
      Secret.prototype.wipe = wipe;
    }
  });

  test('asks once for many who ask together, and gives each its own copy', async () => {
    const gate = Promise.withResolvers<void>();
    vault.gate = gate.promise;
    const all = Array.from({ length: 20 }, () => reader.read('cs_1', 'web'));
    gate.resolve();
    const given = await Promise.all(all);
    given[0]?.password?.wipe();
    expect(given[1]?.password?.text()).toBe('Pw-first-zqmarkqz');
    expect(new Set(given.map(({ password }) => password)).size).toBe(20);
    expect(vault.asked).toEqual(['web']);
  });

  test('keeps no failure: the next one asks again', async () => {
    vault.refuse = new Failure('credential.not-found', 'There is no such credential.');
    await expect(reader.read('cs_1', 'web')).rejects.toBe(vault.refuse);
    vault.refuse = null;
    await expect(reader.read('cs_1', 'web')).resolves.toMatchObject({ fromMemory: false });
    await expect(reader.read('cs_gone', 'web')).rejects.toMatchObject({ code: 'credential-store.not-found' });
  });

  test('keeps nothing that is being changed, and nothing of a store on this machine', async () => {
    vault.changeInProcess = true;
    await reader.read('cs_1', 'web');
    await reader.read('cs_1', 'web');
    vault.changeInProcess = false;
    vault.near = true;
    await reader.read('cs_1', 'web');
    await reader.read('cs_1', 'web');
    expect(vault.asked).toHaveLength(4);
  });

  test('reads afresh when told to, and keeps the new one; a doubted one is gone even when that fails', async () => {
    await reader.read('cs_1', 'web');
    vault.password = 'Pw-second';
    const fresh = await reader.read('cs_1', 'web', { fresh: true });
    expect(fresh.password?.text()).toBe('Pw-second');
    expect((await reader.read('cs_1', 'web')).fromMemory).toBe(true);
    vault.refuse = new Failure('credential.deleted', 'It was deleted.');
    await expect(reader.read('cs_1', 'web', { fresh: true })).rejects.toBe(vault.refuse);
    await expect(reader.read('cs_1', 'web')).rejects.toBe(vault.refuse);
  });

  test('says in the log what was asked, and never what was given', async () => {
    await reader.read('cs_1', 'web');
    expect(lines.join('\n')).toContain('read credential "web"');
    expect(lines.join('\n')).not.toContain('zqmarkqz');
  });
});

describe('giving up', () => {
  test('one who leaves does not take the answer from the others', async () => {
    const gate = Promise.withResolvers<void>();
    vault.gate = gate.promise;
    const leaving = new AbortController();
    const left = reader.read('cs_1', 'web', { signal: leaving.signal });
    const stays = reader.read('cs_1', 'web');
    leaving.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    expect(vault.aborted).toBe(0);
    gate.resolve();
    expect((await stays).password?.text()).toBe('Pw-first-zqmarkqz');
  });

  test('when everybody has left, the question is given up and its late answer wiped', async () => {
    const gate = Promise.withResolvers<void>();
    vault.gate = gate.promise;
    const leaving = new AbortController();
    const left = reader.read('cs_1', 'web', { signal: leaving.signal });
    leaving.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    expect(vault.aborted).toBe(1);
    gate.resolve();
    await turn();
    await turn();
    expect(isWiped(vault.given[0]?.password)).toBe(true);
    expect((await reader.read('cs_1', 'web')).fromMemory).toBe(false);
  });

  test('one who comes with an ended signal asks nobody', async () => {
    await expect(reader.read('cs_1', 'web', { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    );
    expect(vault.asked).toEqual([]);
  });
});

describe('forgetting', () => {
  test('one store or all are read anew', async () => {
    await reader.read('cs_1', 'web');
    await reader.read('cs_2', 'web');
    reader.forget('cs_1');
    expect((await reader.read('cs_2', 'web')).fromMemory).toBe(true);
    expect((await reader.read('cs_1', 'web')).fromMemory).toBe(false);
    reader.forget();
    expect((await reader.read('cs_2', 'web')).fromMemory).toBe(false);
  });

  test('an answer that was on its way is given, but not kept', async () => {
    const gate = Promise.withResolvers<void>();
    vault.gate = gate.promise;
    const early = reader.read('cs_1', 'web');
    reader.forget('cs_1');
    vault.password = 'Pw-second';
    const late = reader.read('cs_1', 'web');
    gate.resolve();
    await early;
    await late;
    expect(vault.asked).toHaveLength(2);
    reader.forget();
    expect((await reader.read('cs_1', 'web')).fromMemory).toBe(false);
  });
});
