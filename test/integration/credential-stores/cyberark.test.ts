import { describe, expect, test } from 'vitest';
import { have } from '../../servers/available.ts';
import type { CannedAnswer } from '../../servers/ccp-strict.ts';
import { ccp, content, failure, prepareCcp, sshKey, start, store } from './cyberark-ccp.ts';

prepareCcp();

describe.skipIf(!have('openssl'))('reading through a Central Credential Provider', () => {
  test('gives user name and password', async () => {
    await start();
    const found = await store().read('Safe=Web;Object=root-web1');
    expect(found).toMatchObject({ username: 'root', domain: null, changeInProcess: false, privateKey: null });
    expect(found.password?.text()).toBe(content);
    expect(found.about).toContain('account "root-web1" in the safe "Web"');
    expect(ccp.asked).toEqual([{ AppID: 'Trustkeep', Safe: 'Web', Object: 'root-web1' }]);
  });

  test('gives a private key when the content is one, and finds names with spaces and letters of all sorts', async () => {
    await start();
    const found = await store().read('safe=My Safe;object=ssh ö');
    expect(found).toMatchObject({ username: 'deploy', password: null });
    expect(found.privateKey?.text()).toBe(sshKey);
  });

  test('gives the domain, and says that a change is in process', async () => {
    await start();
    expect((await store().read('Safe=Web;Object=dom')).domain).toBe('CORP');
    const busy = await store().read('Safe=Web;Object=busy');
    expect(busy.changeInProcess).toBe(true);
    expect(busy.about).toContain('a password change is in process');
    const refused = await failure(store().read('Safe=Web;Object=busy;FailRequestOnPasswordChange=true'));
    expect(refused).toMatchObject({ code: 'credential.change-in-process', retry: 'later' });
  });

  test('sends the reason of the store, a query as it is, and never the AppID of an id', async () => {
    await start();
    const reading = store({ reason: 'nightly run' });
    await reading.read('AppID=Evil;Safe=Web;Object=root-web1');
    await reading.read('QueryFormat=Regexp;Reason=mine;Query=Safe=We.;Object=root-web1');
    expect(ccp.asked).toEqual([
      { AppID: 'Trustkeep', Safe: 'Web', Object: 'root-web1', Reason: 'nightly run' },
      { AppID: 'Trustkeep', Query: 'Safe=We.;Object=root-web1', QueryFormat: 'Regexp', Reason: 'mine' },
    ]);
  });

  test.each([
    ['Safe=Web;Object=nobody', 'credential.not-found', 'APPAP004E'],
    ['Safe=Locked;Object=other', 'credential.not-found', 'APPAP004E'],
    ['Safe=Web;UserName=root', 'credential.ambiguous', 'APPAP229E'],
  ])('"%s" is %s with the words of the CCP', async (id, code, said) => {
    await start();
    const thrown = await failure(store().read(id));
    expect(thrown).toMatchObject({ code, retry: 'needs-person' });
    expect(thrown.message).toContain(new URL(ccp.url).host);
    expect(thrown.peerSaid).toContain(said);
  });

  test('an account without content cannot be used', async () => {
    await start();
    expect((await failure(store().read('Safe=Web;Object=empty'))).code).toBe('credential.unusable');
  });

  test('a bad id is refused before anything is asked', async () => {
    await start();
    expect((await failure(store().read('Web/root'))).code).toBe('credential.bad-id');
    expect(ccp.asked).toEqual([]);
  });

  test('an application that nobody knows is denied', async () => {
    await start();
    const thrown = await failure(store({ appId: 'Stranger' }).read('Safe=Web;Object=root-web1'));
    expect(thrown).toMatchObject({ code: 'credential.denied' });
    expect(thrown.peerSaid).toContain('APPAP008E');
  });

  test('an application ID or a reason that would arrive spoiled is refused before anything is asked', async () => {
    await start();
    for (const changes of [{ appId: 'R&D' }, { reason: '100%' }])
      expect((await failure(store(changes).read('Safe=Web;Object=root-web1'))).code).toBe(
        'credential-store.bad-settings',
      );
    expect(ccp.asked).toEqual([]);
  });

  const json = (ErrorCode: string, ErrorMsg = 'words of the CCP') => ({
    type: 'application/json',
    body: JSON.stringify({ ErrorCode, ErrorMsg }),
  });
  test.each<[CannedAnswer, string, string]>([
    [{ status: 403, ...json('APPAP306E') }, 'credential-store.login-refused', 'needs-person'],
    [{ status: 403, ...json('APPAP133E') }, 'credential.denied', 'needs-person'],
    [{ status: 400, ...json('APPBC007E') }, 'credential-store.unavailable', 'later'],
    [{ status: 400, ...json('APPAP292E') }, 'credential-store.unavailable', 'later'],
    [{ status: 500, ...json('APPAP286E') }, 'credential.change-in-process', 'later'],
    [{ status: 400, ...json('CASVL010E') }, 'credential.bad-id', 'needs-person'],
    [{ status: 404, ...json('APPAP324E') }, 'credential.not-found', 'needs-person'],
    [{ status: 400, ...json('APPAP251E') }, 'credential.ambiguous', 'needs-person'],
    [{ status: 400, ...json('NEW999E') }, 'credential-store.unexpected-answer', 'needs-person'],
    [{ status: 500, ...json('NEW999E') }, 'credential-store.unavailable', 'later'],
    [
      { status: 403, body: '<html><title>403.16</title></html>' },
      'credential-store.login-refused',
      'needs-person',
    ],
    [{ status: 413, body: '' }, 'credential-store.login-refused', 'needs-person'],
    [{ status: 404, body: '<html></html>' }, 'credential-store.unexpected-answer', 'needs-person'],
    [
      { status: 503, body: '<html></html>', headers: { 'retry-after': '30' } },
      'credential-store.unavailable',
      'after',
    ],
    [
      { status: 200, body: '<html><title>Log in</title></html>' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [
      { status: 200, type: 'application/json', body: '[]' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [
      { status: 200, type: 'application/json', body: '{"Content":7}' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [{ status: 302, headers: { location: '/login' } }, 'credential-store.unexpected-answer', 'needs-person'],
  ])('the answer %j is %s', async (canned, code, retry) => {
    await start();
    ccp.canned.push(canned);
    const thrown = await failure(store().read('Safe=Web;Object=root-web1'));
    expect(thrown).toMatchObject({ code, retry });
    if (canned.body?.includes('words of the CCP')) expect(thrown.peerSaid).toContain('words of the CCP');
    expect(thrown.hint).toMatch(/\.$/);
  });

  test('other than AIMWebService is reached by its path', async () => {
    await start({ path: '/CertService/api/Accounts' });
    expect(
      (await store({ ccpUrl: `${ccp.url}/CertService/` }).read('Safe=Web;Object=root-web1')).username,
    ).toBe('root');
    const thrown = await failure(store().read('Safe=Web;Object=root-web1'));
    expect(thrown.hint).toContain('other than AIMWebService');
  });

  test('a server whose CA is not trusted is refused', async () => {
    await start();
    const reading = store({ trustedRootsPem: null });
    expect((await failure(reading.read('Safe=Web;Object=root-web1'))).code).toBe('net.tls-untrusted');
  });

  test('ends when the caller gives up', async () => {
    await start();
    const reason = new Error('given up');
    await expect(store().read('Safe=Web', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
