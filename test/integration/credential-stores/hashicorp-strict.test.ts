import { describe, expect, test } from 'vitest';
import { startVault } from '#test/servers/vault-strict.ts';
import {
  failureOf,
  fixture,
  open,
  prepareVault,
  restart,
  rules,
  vault,
  withToken,
} from './hashicorp-vault.ts';

describe('a hashicorp store at a Vault that does as told', () => {
  prepareVault();

  describe('the KV version', () => {
    test('is asked for once, not for each read', async () => {
      const { store } = await withToken();
      await store.read('web1');
      await store.read('web1');
      expect(vault.count(/^sys\/internal/)).toBe(1);
    });

    test('is tried when it may not be asked for, and remembered', async () => {
      vault.interfere = (_, path) =>
        path.startsWith('sys/internal') ? { status: 403, body: '{"errors":["permission denied"]}' } : null;
      const two = await withToken();
      expect((await two.store.read('web1')).password?.text()).toBe('kv-password');
      await two.store.read('web1');
      expect(vault.count(/^sys\/internal/)).toBe(1);
      const one = await withToken({}, 'old');
      expect((await one.store.read('web1')).password?.text()).toBe('old-password');
      expect((await failureOf(one.store.read('nobody'))).code).toBe('credential.not-found');
    });

    test('is tried below a mount with slashes when the root path ends it with data', async () => {
      await fixture.mountKv('team/kv', 2);
      await fixture.put('team/kv', 2, 'app/web1', { password: 'deep' });
      vault.interfere = (_, path) =>
        path.startsWith('sys/internal') ? { status: 403, body: '{"errors":["permission denied"]}' } : null;
      const { store } = await withToken({ rules: { 'team/kv/data/app/*': ['read'] } }, 'team/kv/data/app');
      expect((await store.read('web1')).password?.text()).toBe('deep');
    });

    test('of a path below no mount is said to be that to a login that may read everything', async () => {
      const { store } = open({ secrets: { token: vault.rootToken }, settings: { rootPath: 'nosuch/place' } });
      const failure = await failureOf(store.read('web1'));
      expect(failure).toMatchObject({ code: 'credential-store.wrong-mount' });
      expect(failure.message).toContain('Nothing is mounted in HashiCorp Vault');
      const { store: forbidden } = await withToken({}, 'nosuch/place');
      expect((await failureOf(forbidden.read('web1'))).code).toBe('credential.denied');
    });

    test('of a server that does not know the question is 1', async () => {
      await restart({ tellsMounts: false });
      const { store } = await withToken({}, 'old');
      expect((await store.read('web1')).password?.text()).toBe('old-password');
    });

    test('is looked up again when the mount was made anew as another', async () => {
      const { store } = await withToken({}, 'old');
      await store.read('web1');
      vault.state.namespace('').mounts.delete('old/');
      await fixture.mountKv('old', 2);
      await fixture.put('old', 2, 'web1', { password: 'new' });
      expect((await store.read('web1')).password?.text()).toBe('new');
    });
  });

  describe('a server in trouble', () => {
    const code = async (store: ReturnType<typeof open>['store']) => {
      const { code, retry } = await failureOf(store.read('web1'));
      return [code, retry];
    };

    test('is told by its state, and what may go by itself is marked so', async () => {
      const { store } = await withToken();
      vault.mode = 'sealed';
      expect(await code(store)).toEqual(['credential-store.sealed', 'later']);
      vault.mode = 'not-initialised';
      expect(await code(store)).toEqual(['credential-store.not-initialized', 'needs-person']);
      vault.mode = 'active';
      for (const [status, expected] of [
        [429, 'credential-store.busy'],
        [472, 'credential-store.standby'],
        [473, 'credential-store.standby'],
        [412, 'credential-store.trouble'],
        [500, 'credential-store.trouble'],
        [502, 'credential-store.trouble'],
        [503, 'credential-store.trouble'],
      ] as const) {
        vault.interfere = () => ({ status, body: '{"errors":["no"]}' });
        expect(await code(store)).toEqual([expected, 'later']);
      }
      vault.interfere = () => ({ status: 429, headers: { 'retry-after': '30' } });
      expect(await code(store)).toEqual(['credential-store.busy', 'after']);
      vault.interfere = () => null;
      expect((await store.read('web1')).username).toBe('root');
    });

    test('or that is none at all is named by what it sends', async () => {
      const { store } = await withToken();
      const page = '<html><head><title>Sign in</title></head><body>kv-password</body></html>';
      for (const status of [200, 403]) {
        vault.interfere = () => ({ status, body: page, type: 'text/html' });
        const failure = await failureOf(store.read('web1'));
        expect(failure.code).toBe('credential-store.unexpected-answer');
        expect(failure.message).toContain('a web page titled "Sign in"');
        expect(JSON.stringify(failure.toData())).not.toContain('kv-password');
      }
      vault.interfere = () => ({ status: 200, body: '{"data": "kv-password' });
      expect((await failureOf(store.read('web1'))).message).toContain('JSON that cannot be read');
      vault.interfere = () => ({ status: 200, body: '{"data": {"ttl": "kv-password"}}' });
      const failure = await failureOf(store.read('web1'));
      expect(failure.message).toContain('data.ttl');
      expect(failure.message).not.toContain('kv-password');
    });

    test('that says our token back is not quoted with it', async () => {
      const { store, token, lines } = await withToken();
      vault.interfere = () => ({ status: 500, body: JSON.stringify({ errors: [`bad ${token} here`] }) });
      const failure = await failureOf(store.read('web1'));
      expect(failure.peerSaid).toBe('bad [secret] here');
      expect(lines.join('\n')).not.toContain(token);
    });

    test('on standby is followed to the same place only: the token goes to no other host', async () => {
      const { store } = await withToken();
      const other = await startVault({ tls: false });
      try {
        vault.mode = { standbyOf: other.url };
        const failure = await failureOf(store.read('web1'));
        expect(failure.code).toBe('credential-store.redirected');
        expect(failure.message).toContain(other.url);
        expect(other.calls).toEqual([]);
        vault.mode = { standbyOf: vault.url };
        expect(await code(store)).toEqual(['credential-store.redirected', 'later']);
        vault.mode = 'active';
        let first = true;
        vault.interfere = (_, path) => {
          if (!first || path !== 'kv/data/web1') return null;
          first = false;
          return { status: 307, headers: { location: `${vault.url}/v1/kv/data/web1` } };
        };
        expect((await store.read('web1')).username).toBe('root');
      } finally {
        await other.stop();
      }
    });

    test('that cuts the line once is asked again', async () => {
      const { store } = await withToken();
      let first = true;
      vault.interfere = (_, path) => {
        if (!first || path !== 'kv/data/web1') return null;
        first = false;
        return 'cut';
      };
      expect((await store.read('web1')).username).toBe('root');
    });
  });

  test('an id that goes elsewhere or is none is refused before anything is sent', async () => {
    const { store } = await withToken();
    for (const id of ['', '/', '..', '../x', 'a/../b', 'a//b', './a', 'a.', 'a\nb', 'a\u0000', 'a/.']) {
      const failure = await failureOf(store.read(id));
      expect([id, failure.code]).toEqual([id, 'credential.bad-id']);
    }
    expect(vault.calls.filter(({ path }) => !path.startsWith('auth/'))).toEqual([]);
    expect((await failureOf(store.read('%2e%2e/old/web1'))).code).toBe('credential.not-found');
    expect((await failureOf(store.read('web1?list=true#x'))).code).toBe('credential.not-found');
  });

  test('an address copied from the browser or the API is taken as that of the server', async () => {
    const token = await fixture.makeToken({ rules });
    for (const path of ['/', '/ui/', '/ui/vault/secrets', '/v1', '/v1/']) {
      const { store } = open({ secrets: { token }, settings: { vaultUrl: vault.url + path } });
      expect((await store.read('web1')).username).toBe('root');
    }
  });

  test('verify stops at the first no and says that a way without TLS is open', async () => {
    const { state } = await withToken();
    const { store } = open({ state, settings: { verify: 'nobody' } });
    const report = await store.verify();
    expect(report.checks.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      'resolve true',
      'connect true',
      'log-in true',
      'read false',
    ]);
    expect(report.checks[2]?.sentence).toContain('not encrypted');
    expect(report.checks[3]?.sentence).toMatch(/There is no secret "kv\/nobody".* Check the credential ID/);
    vault.mode = 'sealed';
    const sealed = await store.verify();
    expect(sealed.checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    expect(sealed.checks.at(-1)?.sentence).toContain('is sealed');
  });

  test('verify of a server whose CA is not trusted, or that is not there, stops on the way', async () => {
    const secure = await startVault();
    try {
      const { store } = open({
        secrets: { token: secure.rootToken },
        settings: { vaultUrl: secure.url, trustedRootsPem: null },
      });
      const report = await store.verify();
      expect(report.ok).toBe(false);
      expect(report.checks.at(-1)).toMatchObject({ name: 'tls', ok: false });
      expect(report.checks.at(-1)?.sentence).toContain('trusted_roots');
      expect((await failureOf(store.read('web1'))).code).toBe('net.tls-untrusted');
      expect(secure.calls).toEqual([]);
      await secure.stop();
      expect((await store.verify()).checks.at(-1)).toMatchObject({ name: 'connect', ok: false });
    } finally {
      await secure.stop().catch(() => {});
    }
  });
});
