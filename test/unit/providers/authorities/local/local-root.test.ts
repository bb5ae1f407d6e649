import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeState } from '#test/make/authority-state.ts';
import { makeKey } from '#test/make/certificates.ts';
import { readCertificate } from '../../../../../electron/pki/read-certificate.ts';
import { day, orderOf, setUp, start } from './local-authority.ts';

describe('the root of the local authority', () => {
  test('is made once, however many ask first', async () => {
    const { authority, tools, state } = setUp();
    const orders = await Promise.all(
      [1, 2, 3].map((n) => orderOf([`a${n}.example.org`], { orderId: `ord_${n}` })),
    );
    const roots = await Promise.all([
      authority.root(),
      ...orders.map(async (order) => {
        await authority.submit(order, null, tools);
        return authority.root();
      }),
      setUp({}, state).authority.root(),
    ]);
    expect(new Set(roots.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(state.notes.get('root')).toBe(roots[0]?.pem);
  });

  test('lasts ten years and its key is kept as a secret only', async () => {
    const { authority, state } = setUp({ commonName: 'Our root' });
    const { pem, fingerprint } = await authority.root();
    expect(readCertificate(pem)).toMatchObject({
      ...{ subject: 'CN=Our root', selfSigned: true, fingerprint, notAfter: start + 3650 * day },
    });
    expect([...state.secrets.keys()]).toEqual(['root-key']);
    expect([...state.notes.values()].join()).not.toContain('PRIVATE');
  });

  test('is finished with the same key when the agent was killed before the root was kept', async () => {
    const { authority, state } = setUp();
    const first = await authority.root();
    state.notes.clear();
    const second = await setUp({}, state).authority.root();
    expect(readCertificate(second.pem).keyFingerprint).toBe(readCertificate(first.pem).keyFingerprint);
  });

  test('is not made while the keychain is locked', async () => {
    const state = makeState();
    const locked = () => {
      throw new Failure('keychain.locked', 'The keychain is locked.');
    };
    const { authority } = setUp({}, { ...state, secret: locked, keepSecret: locked });
    await expect(authority.root()).rejects.toMatchObject({ code: 'keychain.locked' });
    expect(state.notes.size).toBe(0);
    expect(await authority.test()).toMatchObject({
      ok: false,
      checks: [
        { name: 'key', ok: false, sentence: 'The keychain is locked.' },
        { name: 'root', ok: true },
      ],
    });
  });

  test('is not replaced when its key is gone or another one: orders fail with what to do', async () => {
    const { authority, state, tools } = setUp();
    await authority.root();
    const order = await orderOf(['a.example.org']);
    state.secrets.set('root-key', makeKey().keyPem);
    await expect(authority.submit(order, null, tools)).rejects.toMatchObject({
      code: 'authority.root-key-wrong',
    });
    state.secrets.clear();
    await expect(authority.submit(order, null, tools)).rejects.toMatchObject({
      code: 'authority.root-key-missing',
      hint: expect.stringContaining('backup'),
    });
    expect((await authority.test()).ok).toBe(false);
  });

  test('is refused for permitted names that are none', async () => {
    for (const name of ['10.0.0.0', 'a b', '']) {
      const { authority, state } = setUp({ permittedNames: [name] });
      await expect(authority.root()).rejects.toMatchObject({ code: 'names.invalid' });
      expect((await authority.test()).ok).toBe(false);
      expect(state.secrets.size + state.notes.size).toBe(0);
    }
  });

  test('is not made by a test of the authority, which says that it would be', async () => {
    const { authority, state } = setUp();
    expect(await authority.test()).toMatchObject({ ok: true, profiles: {} });
    expect(state.secrets.size + state.notes.size).toBe(0);
    await authority.root();
    expect(await authority.test()).toMatchObject({ ok: true });
  });
});
