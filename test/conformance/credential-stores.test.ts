import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asFailure, type Failure } from '#shared/failure.ts';
import {
  type CredentialStoreKind,
  credentialStoreKinds,
  type StoreReport,
  storeReport,
} from '#shared/model/credential-store.ts';
import { logInto } from '#test/make/log-lines.ts';
import { planted, type StorePeer, type StoreShape, type StoreVariant } from '#test/make/store-peers.ts';
import { have } from '#test/servers/available.ts';
import type {
  CredentialStore,
  StoredCredential,
} from '../../electron/providers/credential-stores/credential-store.ts';
import { shapesOf } from './shapes.ts';

const hidden = [
  ...[planted.password, planted.passphrase, planted.login, 'S2V5LW1hcmtlZC00NDcx'],
  ...['Pw-marked', 'Phrase-marked', 'Login-marked'],
];

/** What every kind of store promises, held over every one of them through the registry. */
const shapes = await shapesOf<CredentialStoreKind, StoreShape>('credential-stores', credentialStoreKinds);

describe.each(shapes.filter(([, { needs }]) => needs.every(have)))(
  'a %s credential store',
  (_kind, shape) => {
    const lines: string[] = [];
    const told: string[] = [];
    const opened: CredentialStore[] = [];
    let peer: StorePeer;
    beforeAll(async () => {
      peer = await shape.start(logInto(lines));
    });
    beforeEach(() => {
      expect(peer.incidents()).toEqual([]);
    });
    afterAll(async () => {
      for (const store of opened) await store.close();
      const incidents = peer.incidents();
      await peer.stop();
      expect(incidents).toEqual([]);
      const everything = [...lines, ...told].join('\n');
      for (const secret of hidden) expect(everything).not.toContain(secret);
    });

    function make(variant: StoreVariant = {}): CredentialStore {
      const store = peer.make(variant);
      opened.push(store);
      told.push(store.description);
      return store;
    }
    /** All that a person or a log could get to see of it. */
    async function failureOf(work: Promise<unknown>): Promise<Failure> {
      const thrown = await work.then(
        () => {
          throw new Error('it did not fail');
        },
        (reason: unknown) => reason,
      );
      const failure = asFailure(thrown);
      told.push(JSON.stringify(failure.toData()));
      for (let at: unknown = thrown; at instanceof Error; at = at.cause) told.push(String(at.stack));
      expect(failure.hint, failure.message).toBeTruthy();
      return failure;
    }
    async function verified(store: CredentialStore): Promise<StoreReport> {
      const report = await store.verify();
      told.push(JSON.stringify(report));
      expect(storeReport.parse(report)).toEqual(report);
      expect(report.ok).toBe(report.checks.every(({ ok }) => ok));
      for (const { sentence } of report.checks) expect(sentence).toMatch(/^\S.*[.!"]$/s);
      return report;
    }
    /** What was begun for somebody who left may still end badly for the next one, who may try again then. */
    async function worksAgain(store: CredentialStore): Promise<void> {
      const first = await store.read(peer.ids.password).catch((error: unknown) => asFailure(error));
      if (!(first instanceof Error)) return;
      expect(first.retry).toBe('later');
      await expect(store.read(peer.ids.password)).resolves.toBeDefined();
    }
    /** For kinds that are somewhere else. */
    const remote = (name: string, run: () => Promise<void>) => {
      if (shape.remote) test(name, run);
    };

    test('reads a user name and a password by id', async () => {
      const found = await make().read(peer.ids.password);
      expect(found.username).toBe(planted.username);
      expect(found.password?.text()).toBe(planted.password);
      expect([found.privateKey, found.passphrase, found.changeInProcess]).toEqual([null, null, false]);
      told.push(JSON.stringify(found), String(found.password), ...found.about);
    });

    test('reads a private key as text, with its passphrase where the kind keeps one', async () => {
      const found = await make().read(peer.ids.key ?? '');
      expect(found.privateKey?.text().trim()).toBe(planted.privateKey.trim());
      if (shape.passphrases) expect(found.passphrase?.text()).toBe(planted.passphrase);
      expect(found.password).toBeNull();
    });

    test('says of an id where nothing is that nothing is there, and of an impossible one that it is', async () => {
      const store = make();
      const unknown = await failureOf(store.read(peer.ids.unknown));
      expect(unknown).toMatchObject({ code: peer.missing, retry: 'needs-person' });
      const bad = await failureOf(store.read(peer.ids.bad));
      expect(bad).toMatchObject({ code: 'credential.bad-id', retry: 'needs-person' });
      await expect(store.read(peer.ids.password)).resolves.toBeDefined();
    });

    test('gives secrets of the caller’s own: wiping one leaves the next', async () => {
      const store = make();
      const first = await store.read(peer.ids.password);
      first.password?.wipe();
      const second = await store.read(peer.ids.password);
      expect(second.password?.text()).toBe(planted.password);
    });

    test('answers many at once, each for itself', async () => {
      const store = make();
      const ids = Array.from({ length: 12 }, (_, at) =>
        at % 3 === 0 ? peer.ids.unknown : peer.ids.password,
      );
      const answers = await Promise.allSettled(ids.map((id) => store.read(id)));
      const passwords = answers.map((answer) =>
        answer.status === 'fulfilled' ? answer.value.password : null,
      );
      expect(answers.map(({ status }) => status)).toEqual(
        ids.map((id) => (id === peer.ids.unknown ? 'rejected' : 'fulfilled')),
      );
      const given = passwords.filter((password) => password !== null);
      expect(new Set(given).size).toBe(8);
      for (const password of given) expect(password.text()).toBe(planted.password);
    });

    test('verifies every step in order, each with a sentence', async () => {
      const report = await verified(make());
      expect(report.checks.map(({ name }) => name)).toEqual(peer.steps);
      expect(report.ok).toBe(true);
    });

    remote('verifies no further than the login, when nothing to read is configured', async () => {
      const report = await verified(make({ verify: null }));
      expect(report.checks.map(({ name }) => name)).toEqual(peer.steps.slice(0, -1));
      expect(report.ok).toBe(true);
    });

    remote('says at the step read that what verify should read is not there', async () => {
      const report = await verified(make({ verify: peer.ids.unknown }));
      expect(report.checks.at(-1)).toMatchObject({ name: 'read', ok: false });
      expect(report.checks.map(({ name }) => name)).toEqual(peer.steps);
    });

    test('is refused with a wrong login, at the step log-in and when it is read', async () => {
      const store = make({ wrongLogin: true });
      const report = await verified(store);
      expect(report.checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
      expect(report.checks.slice(0, -1).every(({ ok }) => ok)).toBe(true);
      const failure = await failureOf(make({ wrongLogin: true }).read(peer.ids.password));
      expect(failure.code).toMatch(peer.refused);
      expect(failure.retry).toBe(peer.refusedRetry ?? 'needs-person');
    });

    remote('trusts no server of a CA that nobody named', async () => {
      const store = make({ untrusted: true });
      const report = await verified(store);
      expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
        ['resolve', true],
        ['connect', true],
        ['tls', false],
      ]);
      const failure = await failureOf(store.read(peer.ids.password));
      expect(failure.code).toMatch(/^net\..*(trust|certificate|issuer|signed)/);
    });

    remote('says that nobody listens, and that it may be tried again', async () => {
      const store = make({ unreachable: true });
      const report = await verified(store);
      expect(report.checks.at(-1)).toMatchObject({ name: 'connect', ok: false });
      const failure = await failureOf(store.read(peer.ids.password));
      expect(failure).toMatchObject({ code: expect.stringMatching(/^net\./), retry: 'later' });
    });

    test('stops for a signal that ended before, and asks nobody', async () => {
      const reason = new Error('enough of it');
      const store = make();
      await expect(store.read(peer.ids.password, AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(store.verify(AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(store.read(peer.ids.password)).resolves.toBeDefined();
    });

    remote('stops for a signal in the middle of it, and works again afterwards', async () => {
      const { way } = peer;
      if (way === null) throw new Error('there is no line to hold');
      const store = make();
      for (const ask of [
        (signal: AbortSignal) => store.read(peer.ids.password, signal),
        (signal: AbortSignal) => store.verify(signal),
      ]) {
        const reason = new Error('enough of it');
        const ending = new AbortController();
        way.hold();
        const asked = ask(ending.signal);
        await way.held();
        ending.abort(reason);
        await expect(asked).rejects.toBe(reason);
        way.cut();
      }
      await worksAgain(store);
    });

    remote('one that is cut off says that it may be tried again, and works again', async () => {
      const { way } = peer;
      const store = make();
      await store.read(peer.ids.password);
      way?.hold();
      const asked = store.read(peer.ids.password).catch((error: unknown) => asFailure(error));
      await way?.held();
      way?.cut();
      // a store may ask again by itself
      const answer = await asked;
      if (answer instanceof Error) expect(answer.retry).toBe('later');
      else expect(answer.password?.text()).toBe(planted.password);
      await worksAgain(store);
    });

    test('goes on after a restart with what it kept', async () => {
      const before = make();
      await before.read(peer.ids.password);
      await before.close();
      const after = make();
      expect((await after.read(peer.ids.password)).password?.text()).toBe(planted.password);
      expect((await verified(after)).ok).toBe(true);
    });

    test('is closed as often as anybody likes, also while it is read', async () => {
      const store = make();
      const reading = store.read(peer.ids.password).then(
        (found: StoredCredential) => found.password?.text(),
        (error: unknown) => asFailure(error).code,
      );
      await Promise.all([store.close(), store.close()]);
      await store.close();
      expect([planted.password, 'credential-store.closed']).toContain(await reading);
    });
  },
);
