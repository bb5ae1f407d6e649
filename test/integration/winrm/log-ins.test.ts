import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { account, connectWinrm, standardPrograms, users } from '#test/make/winrm.ts';
import { freePort } from '#test/servers/free-port.ts';
import { startWsman } from '#test/servers/wsman.ts';
import type { WsmanServer } from '#test/servers/wsman-options.ts';
import { certificateDer } from '../../../electron/pki/pem.ts';

let server: WsmanServer;
const begin = async (options: Parameters<typeof startWsman>[0] = {}) => {
  server = await startWsman({ users, programs: standardPrograms, ...options });
};
afterEach(async () => {
  await server.stop();
  expect([server.incidents, server.refusals.filter((one) => !one.endsWith('password is wrong'))]).toEqual([
    [],
    [],
  ]);
});

const refusal = async (...args: Parameters<typeof connectWinrm>): Promise<Failure> => {
  const thrown: unknown = await connectWinrm(...args).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Failure)) throw thrown ?? new Error('it connected');
  return thrown;
};

const ca = makeCa();
const leaf = makeLeaf(ca, { names: ['127.0.0.1'] });
const other = makeLeaf(ca, { names: ['web1.example.org'] });
const tlsOf = ({ chainPem, certPem, keyPem }: typeof leaf) => ({
  tls: { certificatePem: chainPem, keyPem, der: certificateDer(certPem) },
});
const fingerprint = createHash('sha256').update(certificateDer(leaf.certPem)).digest('hex');
const byChain = { trust: { kind: 'chain', rootsPem: ca.certPem } } as const;

describe('a login at WinRM over HTTP', () => {
  test('with a wrong password is tried once, and says so', async () => {
    await begin();
    const failure = await refusal(server.port, { password: 'wrong' });
    expect(failure).toMatchObject({ code: 'winrm.login-refused', about: 'login', retry: 'needs-person' });
    expect(failure.message).toBe('127.0.0.1 refused user CORP\\bob with password (NTLM).');
    expect(server.refusals).toEqual(['the password is wrong']);
  });

  test('of an account that is no administrator ends with what to do', async () => {
    await begin({ notAdministrators: [account.user] });
    const failure = await refusal(server.port);
    expect(failure).toMatchObject({ code: 'winrm.access-denied', peerSaid: 'Access is denied.' });
    expect(failure.hint).toContain('LocalAccountTokenFilterPolicy');
  });

  test('works for an account of the host itself, with and without its dot', async () => {
    await begin();
    for (const user of ['local', '.\\local']) await (await connectWinrm(server.port, { user })).close();
    expect(server.refusals).toEqual([]);
  });

  test('is not possible where only Kerberos is offered, and names it', async () => {
    await begin({ offers: ['Kerberos'] });
    const failure = await refusal(server.port);
    expect(failure.code).toBe('winrm.no-common-login');
    expect(failure.message).toContain('offers Kerberos, and not NTLM');
    expect(failure.hint).toContain('Trustkeep has no Kerberos');
  });

  test('never shows the password in clear', async () => {
    await begin({ offers: ['Basic realm="WSMAN"'] });
    expect(await refusal(server.port, { user: 'local', scheme: 'basic' })).toMatchObject({
      code: 'winrm.no-common-login',
    });
    expect(await refusal(server.port)).toMatchObject({ code: 'winrm.no-common-login' });
    expect(server.calls.filter(({ action }) => action === 'refused')).toHaveLength(1);
  });

  test('goes no further where less is agreed on than sealing with 128 bits', async () => {
    for (const flag of [0x20, 0x40000000, 0x20000000, 0x80000]) {
      await begin({ withoutFlags: flag });
      expect(await refusal(server.port)).toMatchObject({ code: 'winrm.not-sealed' });
      await server.stop();
    }
    await begin();
  });

  test('says what is wrong where nothing listens, or something else', async () => {
    await begin();
    expect(await refusal(await freePort())).toMatchObject({ code: 'connection.refused' });
    expect(await refusal(server.port, { host: 'no-such-host.invalid' })).toMatchObject({
      code: 'connection.unresolved',
    });
    expect(await refusal(server.port, byChain)).toMatchObject({ code: 'winrm.not-offered' });
  });

  test('needs a password', async () => {
    await begin();
    expect(await refusal(server.port, { user: '' })).toMatchObject({ code: 'winrm.credential-missing' });
  });
});

describe('a login at WinRM over HTTPS', () => {
  test('is bound to the certificate that is shown', async () => {
    await begin(tlsOf(leaf));
    const host = await connectWinrm(server.port, byChain);
    expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
    await host.close();
    expect(server.shells.open.size).toBe(0);
    expect(server.calls.some(({ sealed }) => sealed)).toBe(false);
  });

  test('works with Basic', async () => {
    await begin({ ...tlsOf(leaf), offers: ['Basic realm="WSMAN"'] });
    const host = await connectWinrm(server.port, { ...byChain, user: 'local', scheme: 'basic' });
    expect((await host.run({ argv: ['cat'], stdin: Buffer.from('ö') })).stdout.toString()).toBe('ö');
    await host.close();
    expect(
      await refusal(server.port, { ...byChain, user: 'local', scheme: 'basic', password: 'no' }),
    ).toMatchObject({ code: 'winrm.login-refused' });
    expect(server.refusals).toEqual(['local: the password is wrong']);
  });

  test('with Basic repeats no password that a page repeats', async () => {
    await begin({ ...tlsOf(leaf), offers: ['Basic realm="WSMAN"'] });
    const pair = Buffer.from(`local:${account.password}`).toString('base64');
    const body = `<p>Basic ${pair} was ${account.password}, and is wrong.</p>`;
    server.interfere = () => ({ status: 500, body, type: 'text/html' });
    const failure = await refusal(server.port, { ...byChain, user: 'local', scheme: 'basic' });
    expect(failure.peerSaid).toContain('and is wrong');
    expect(JSON.stringify(failure.toData())).not.toMatch(new RegExp(`${pair}|p@ss`));
  });

  test('says where Basic is not offered', async () => {
    await begin(tlsOf(leaf));
    const failure = await refusal(server.port, { ...byChain, user: 'local', scheme: 'basic' });
    expect(failure).toMatchObject({ code: 'winrm.no-common-login' });
    expect(failure.hint).toContain('Basic="true"');
  });

  test('offers the fingerprint of a certificate that is not trusted, and sends nothing to it', async () => {
    await begin(tlsOf(leaf));
    const failure = await refusal(server.port, { trust: { kind: 'chain', rootsPem: null } });
    expect(failure).toMatchObject({ code: 'winrm.certificate-refused', about: 'identity' });
    expect(failure.message).toContain(fingerprint);
    expect(server.calls).toEqual([]);
  });

  test('refuses a certificate for another name', async () => {
    await begin(tlsOf(other));
    expect((await refusal(server.port, byChain)).message).toContain('is not for 127.0.0.1');
    expect(server.calls).toEqual([]);
  });

  test('goes by a pinned certificate and no other', async () => {
    await begin(tlsOf(leaf));
    await (await connectWinrm(server.port, { trust: { kind: 'pinned', fingerprint } })).close();
    const pinned = '0'.repeat(64);
    const before = server.calls.length;
    expect(await refusal(server.port, { trust: { kind: 'pinned', fingerprint: pinned } })).toMatchObject({
      code: 'winrm.certificate-changed',
      identity: { pinned, seen: fingerprint },
    });
    expect(server.calls).toHaveLength(before);
  });

  test('is bound to the certificate also where none is verified', async () => {
    await begin(tlsOf(other));
    await (await connectWinrm(server.port, { trust: { kind: 'none' } })).close();
    expect(server.refusals).toEqual([]);
  });
});
