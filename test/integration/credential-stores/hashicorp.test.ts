import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FilledVault, failureOf, peers, pem } from './hashicorp-filled.ts';

describe.each(peers)('a hashicorp store at %s', (peer) => {
  let vault: FilledVault;
  beforeAll(async () => {
    vault = await FilledVault.at(peer);
  });
  afterEach(() => vault.expectNothingSaid());
  afterAll(() => vault?.stop());

  describe('reads the KV engine', () => {
    test('version 1, found by itself', async () => {
      const { store } = await vault.withToken(`/${vault.kv1}/servers/`);
      const read = await store.read('web1');
      expect(read).toMatchObject({ username: 'root', privateKey: null, changeInProcess: false });
      expect(read.password?.text()).toBe(vault.password);
      expect(read.about).toEqual([`KV version 1 at ${vault.kv1}`]);
    });

    test('version 2 at a mount with a slash, its newest version, field names in any dress', async () => {
      const { store } = await vault.withToken(vault.kv2);
      const read = await store.read('app/web1');
      expect(read.username).toBe('deploy');
      expect(read.privateKey?.text()).toBe(pem('a'));
      expect(read.passphrase?.text()).toBe(vault.password);
      expect(read.about[0]).toBe(`KV version 2 at ${vault.kv2}`);
      expect(read.about[1]).toMatch(/^version 2, written 20\d\d-/);
    });

    test('a root path that was copied from the API, and an id that was', async () => {
      const { store } = await vault.withToken(`${vault.kv2}/data/app`);
      expect((await store.read('web1')).username).toBe('deploy');
      const root = await vault.withToken(vault.kv2, { rules: { [`${vault.kv2}/*`]: ['read'] } });
      expect((await root.store.read('data/app/web1')).username).toBe('deploy');
    });

    test('a path with spaces and letters beyond ASCII', async () => {
      const { store } = await vault.withToken(`${vault.kv2}/app`);
      expect((await store.read('with space/ü')).username).toBe('a');
    });

    test('without seeing the mount, once its root path ends it with /data', async () => {
      const { store } = await vault.withToken(`${vault.kv2}/data/app`, {
        rules: { [`${vault.kv2}/data/app/*`]: ['read'] },
        noDefaultPolicy: true,
      });
      expect((await store.read('web1')).username).toBe('deploy');
    });
  });

  describe('says in one sentence', () => {
    test('that there is no such secret', async () => {
      const { store } = await vault.withToken(vault.kv2);
      const failure = await failureOf(store.read('app/nobody'));
      expect(failure.code).toBe('credential.not-found');
      expect(failure.message).toContain(`"${vault.kv2}/app/nobody"`);
      const one = await vault.withToken(vault.kv1);
      expect((await failureOf(one.store.read('nobody'))).code).toBe('credential.not-found');
    });

    test('that a version was deleted, when, or destroyed', async () => {
      const { store } = await vault.withToken(`${vault.kv2}/app`);
      const gone = await failureOf(store.read('gone'));
      expect(gone.code).toBe('credential.deleted');
      expect(gone.message).toMatch(/^Version 1 of ".*app\/gone" in .* was deleted at 20\d\d-/);
      const burnt = await failureOf(store.read('burnt'));
      expect(burnt.code).toBe('credential.deleted');
      expect(burnt.message).toMatch(/was destroyed\.$/);
    });

    test('that the policy forbids it, and which path it has to allow', async () => {
      const { store } = await vault.withToken(vault.kv2);
      const failure = await failureOf(store.read('private/x'));
      expect(failure.code).toBe('credential.denied');
      expect(failure.hint).toContain(`${vault.kv2}/data/private/x`);
    });

    test('that a mount may not exist or may not be seen: the server does not say which', async () => {
      const { store } = await vault.withToken(`${vault.prefix}-nowhere`);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential.denied');
      expect(failure.message).toMatch(
        /^Either this login is not allowed to read .*, or there is no such mount/,
      );
    });

    test('that a mount is of another engine', async () => {
      const { store } = await vault.withToken(`${vault.prefix}-transit`, {
        rules: { [`${vault.prefix}-transit/*`]: ['read'] },
      });
      const failure = await failureOf(store.read('x'));
      expect(failure.code).toBe('credential-store.wrong-mount');
      expect(failure.message).toContain('transit');
    });

    test('that a secret has nothing to log in with, naming its fields and not what is in them', async () => {
      const { store } = await vault.withToken(`${vault.kv2}/app`);
      const failure = await failureOf(store.read('other'));
      expect(failure.code).toBe('credential.unusable');
      expect(failure.message).toMatch(/"note", "api"|"api", "note"/);
      expect(JSON.stringify(failure.toData())).not.toContain(vault.password);
    });

    test('that the token was revoked', async () => {
      const { store, token } = await vault.withToken(vault.kv1);
      await store.read('servers/web1');
      await vault.fixture.revoke(token);
      const failure = await failureOf(store.read('servers/web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      expect(failure.message).toContain('It has expired, was revoked or has no uses left');
    });
  });

  test('verify proves a token, and its report says what is read without a secret in it', async () => {
    const token = await vault.fixture.makeToken({ rules: vault.rules });
    const { store } = vault.open({
      secrets: { token },
      settings: { rootPath: vault.kv2, verify: 'app/web1' },
    });
    const report = await store.verify();
    expect(report.ok).toBe(true);
    expect(report.checks.at(-1)?.sentence).toMatch(
      /^Read "app\/web1" \(KV version 2 at .*, version 2, written /,
    );
    expect(JSON.stringify(report)).not.toContain(token);
  });

  test('a token without the default policy reads, and verify warns that it is not renewed', async () => {
    const token = await vault.fixture.makeToken({ rules: vault.rules, noDefaultPolicy: true });
    const { store } = vault.open({
      secrets: { token },
      settings: { rootPath: vault.kv1, verify: 'servers/web1' },
    });
    const report = await store.verify();
    expect(report.ok).toBe(true);
    expect(report.checks.at(-2)?.sentence).toContain('not allowed to look itself up');
  });

  test('a token for one call is said to be spent by the question about it', async () => {
    const token = await vault.fixture.makeToken({ rules: vault.rules, uses: 1 });
    const { store } = vault.open({ secrets: { token }, settings: { rootPath: vault.kv1 } });
    const last = (await store.verify()).checks.at(-1);
    expect(last).toMatchObject({ name: 'log-in', ok: false });
    expect(last?.sentence).toContain('valid for one call, which was the question about it');
  });

  // hashicorp/vault#2159, hashicorp/terraform-provider-vault#2486
  test.each(['anything', 's.AAAAAAAAAAAAAAAAAAAAAAAA', 'hvb.AAAAAQLnothing', 'b.AAAAAQLnothing'])(
    'a token that nobody made (%s) is not said to be logged in with',
    async (token) => {
      for (const verify of [null, 'servers/web1']) {
        const { store } = vault.open({ secrets: { token }, settings: { rootPath: vault.kv1, verify } });
        expect((await store.verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
        expect((await failureOf(store.read('servers/web1'))).code).toBe('credential-store.login-refused');
      }
    },
  );

  test('a token for three calls is not wasted: one to look it up, one for the mount, one to read', async () => {
    const { store } = await vault.withToken(vault.kv1, { rules: vault.rules, uses: 3 });
    expect((await store.read('servers/web1')).username).toBe('root');
    if (peer === 'a real OpenBao') await store.read('servers/web1'); // it does not count the question about the mount
    const failure = await failureOf(store.read('servers/web1'));
    expect(['credential-store.login-refused', 'credential.denied']).toContain(failure.code);
  });

  // spring-projects/spring-vault#663, hashicorp/vault#10918
  if (peer !== 'the strict server')
    test('a period that is lowered and raised again is followed', async () => {
      const role = `${vault.prefix}-periodic`;
      await vault.fixture.setPeriod(role, '60m');
      const token = await vault.fixture.makeTokenOf(role);
      const { store, clock } = vault.open({ secrets: { token }, settings: { rootPath: vault.kv1 } });
      const minutesLeft = async () => {
        const said = (await store.verify()).checks.at(-1)?.sentence ?? '';
        expect(said).not.toContain('cannot be renewed');
        const until = /valid until (\S+) (\S+) UTC/.exec(said);
        return (Date.parse(`${until?.[1]}T${until?.[2]}Z`) - clock.now()) / 60_000;
      };
      expect(await minutesLeft()).toBeGreaterThan(58);
      await vault.fixture.setPeriod(role, '30m');
      clock.jump(41 * 60_000);
      await expect.poll(minutesLeft).toBeGreaterThan(28);
      for (const _ of [1, 2, 3]) {
        clock.jump(21 * 60_000);
        await expect.poll(minutesLeft).toBeGreaterThan(28);
      }
      await vault.fixture.setPeriod(role, '60m');
      clock.jump(21 * 60_000);
      await expect.poll(minutesLeft).toBeGreaterThan(58);
    });
});
