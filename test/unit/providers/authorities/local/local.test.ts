import { describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { LocalSettings } from '#shared/catalog/authorities/local.ts';
import { Failure } from '#shared/failure.ts';
import { type MadeKeep, makeKeep } from '#test/make/authority-keep.ts';
import { makeKey } from '#test/make/certificates.ts';
import { checkMaterial } from '../../../../../electron/pki/chain.ts';
import { buildCsr } from '../../../../../electron/pki/csr.ts';
import { signWithKeyPem } from '../../../../../electron/pki/key.ts';
import { readCertificate } from '../../../../../electron/pki/read-certificate.ts';
import type {
  OrderHandle,
  OrderRequest,
  OrderTools,
} from '../../../../../electron/providers/authorities/authority.ts';
import { makeLocalAuthority } from '../../../../../electron/providers/authorities/local/local.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const start = Date.UTC(2026, 5, 1, 12);
const day = 86_400_000;

function setUp(changes: Partial<LocalSettings> = {}, keep: MadeKeep = makeKeep()) {
  const time = { now: start };
  const clock = {
    now: () => time.now,
    monotonic: () => time.now,
    after: () => ({ cancel: () => {} }),
    sleep: async () => {},
  };
  const settings: LocalSettings = {
    ...{ kind: 'local', commonName: 'Test local root', leafDays: 90, permittedNames: [] },
    ...changes,
  };
  const remembered: OrderHandle[] = [];
  const tools: OrderTools = {
    webRoot: null,
    remember: (handle) => void remembered.push(handle),
    signal: new AbortController().signal,
  };
  const authority = makeLocalAuthority({ settings, keep, clock, log: silentLog });
  return { authority, keep, time, tools, remembered };
}

async function orderOf(
  names: string[],
  changes: Partial<OrderRequest> = {},
  made = makeKey(),
): Promise<OrderRequest> {
  const { keyPem, spki, keyType } = made;
  const sign = async (data: Buffer) => signWithKeyPem(Secret.of(keyPem), keyType, data);
  const csr = await buildCsr({ names, spki, keyType, sign });
  return {
    ...{ orderId: 'ord_1', csr, names, terms: { profile: null, days: null }, replacesPem: null },
    ...changes,
  };
}

/** The refusal of an order, which must be one sentence with something to do. */
async function refusalOf(setup: ReturnType<typeof setUp>, order: OrderRequest) {
  const handle = await setup.authority.submit(order, null, setup.tools);
  const look = await setup.authority.look(handle, order, setup.tools);
  if (look.state !== 'refused') throw new Error(`not refused: ${look.state}`);
  expect(look.because.sentence).toMatch(/\.$/);
  await expect(setup.authority.collect(handle)).rejects.toMatchObject({ code: 'authority.refused' });
  return look.because;
}

describe('an order at the local authority', () => {
  test.each(['rsa-2048', 'ec-p256', 'ec-p384'] as const)(
    'with a key of type %s is ready at once',
    async (keyType) => {
      const { authority, tools } = setUp();
      const made = makeKey(keyType);
      const names = ['www.corp.example', '*.apps.corp.example', '10.0.0.1'];
      const order = await orderOf(names, {}, made);
      const handle = await authority.submit(order, null, tools);
      expect(await authority.look(handle, order, tools)).toEqual({ state: 'ready' });
      const chainPem = await authority.collect(handle);
      expect(
        checkMaterial({ chainPem, spki: made.spki, names, keyType, now: start }).checks.filter(
          ({ ok }) => !ok,
        ),
      ).toEqual([]);
      const root = await authority.root();
      expect(readCertificate(chainPem)).toMatchObject({
        issuer: readCertificate(root.pem).subject,
        notAfter: start + 90 * day,
      });
      expect(chainPem.match(/BEGIN/g)).toHaveLength(1);
      await authority.cleanUp(handle, tools);
    },
  );

  test('is stored before anybody gets it, as plain JSON', async () => {
    const { authority, tools, remembered } = setUp();
    const handle = await authority.submit(await orderOf(['a.example.org']), null, tools);
    expect(remembered).toEqual([handle]);
    expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);
  });

  test('that was placed before is continued, not placed again', async () => {
    const { authority, tools, remembered, keep } = setUp();
    const order = await orderOf(['a.example.org']);
    const handle = await authority.submit(order, null, tools);
    const restarted = setUp({}, keep);
    expect(
      await restarted.authority.submit(order, JSON.parse(JSON.stringify(handle)), restarted.tools),
    ).toEqual(handle);
    expect(remembered).toHaveLength(1);
    expect(restarted.remembered).toHaveLength(0);
  });

  test('whose handle was lost gets the same serial for the same key and another one otherwise', async () => {
    const { authority, tools, time } = setUp();
    const order = await orderOf(['a.example.org']);
    const serialOf = async (request: OrderRequest) => {
      time.now += 60_000;
      return readCertificate(await authority.collect(await authority.submit(request, null, tools))).serial;
    };
    const serial = await serialOf(order);
    expect(await serialOf(order)).toBe(serial);
    expect(await serialOf({ ...order, orderId: 'ord_2' })).not.toBe(serial);
    expect(await serialOf(await orderOf(['a.example.org']))).not.toBe(serial);
  });

  test('lasts as many days as its terms say, at most 825 and never longer than the root', async () => {
    const { authority, tools, time } = setUp();
    const endOf = async (days: number) => {
      const order = await orderOf(['a.example.org'], { terms: { profile: null, days } });
      return readCertificate(await authority.collect(await authority.submit(order, null, tools))).notAfter;
    };
    expect(await endOf(7)).toBe(start + 7 * day);
    expect(await endOf(5000)).toBe(start + 825 * day);
    time.now = start + 3649 * day;
    expect(await endOf(7)).toBe(start + 3650 * day);
    time.now = start + 3651 * day;
    await expect(endOf(7)).rejects.toMatchObject({ code: 'authority.root-expired' });
    expect((await authority.test()).ok).toBe(false);
  });

  test('with a stored handle that is damaged is a Failure', async () => {
    const { authority, tools } = setUp();
    const order = await orderOf(['a.example.org']);
    for (const handle of [{}, 'text', { state: 'issued' }, { state: 'issued', chainPem: '' }]) {
      await expect(authority.look(handle, order, tools)).rejects.toBeInstanceOf(Failure);
      await expect(authority.submit(order, handle, tools)).rejects.toMatchObject({
        code: 'authority.handle-unreadable',
      });
    }
  });
});

describe('an order is refused', () => {
  test('when its CSR is not signed with its own key, or is no CSR', async () => {
    const setup = setUp();
    const order = await orderOf(['a.example.org']);
    const csr = Buffer.from(order.csr);
    csr[csr.length - 1]! ^= 1;
    expect((await refusalOf(setup, { ...order, csr })).code).toBe('csr.signature-wrong');
    expect((await refusalOf(setup, { ...order, csr: Buffer.from('garbage') })).code).toBe('csr.unreadable');
  });

  test('when the CSR has other names than ordered', async () => {
    const order = await orderOf(['a.example.org', 'b.example.org']);
    const because = await refusalOf(setUp(), { ...order, names: ['a.example.org'] });
    expect(because.sentence).toContain(
      'the CSR is for a.example.org, b.example.org, but a.example.org was ordered',
    );
  });

  test('when the root does not permit a name, which is named', async () => {
    const setup = setUp({ permittedNames: ['.Corp.example', '*.lan'] });
    const order = await orderOf(['corp.example', 'a.corp.example', 'notcorp.example', 'x.lan', '10.0.0.1']);
    const because = await refusalOf(setup, order);
    expect(because.sentence).toContain('at and below corp.example, lan, not notcorp.example, 10.0.0.1');
    const fine = await orderOf(['corp.example', '*.a.corp.example', 'x.lan']);
    const handle = await setup.authority.submit(fine, null, setup.tools);
    expect(await setup.authority.look(handle, fine, setup.tools)).toEqual({ state: 'ready' });
  });

  test('by what the root says, even after the settings were changed', async () => {
    const { keep, authority } = setUp({ permittedNames: ['corp.example'] });
    await authority.root();
    const changed = setUp({ permittedNames: [] }, keep);
    expect((await refusalOf(changed, await orderOf(['a.other.example']))).code).toBe('authority.refused');
  });

  test('when it asks for a certificate profile', async () => {
    const order = await orderOf(['a.example.org'], { terms: { profile: 'short', days: null } });
    expect((await refusalOf(setUp(), order)).sentence).toContain('"short"');
  });
});

describe('the root of the local authority', () => {
  test('is made once, however many ask first', async () => {
    const { authority, tools, keep } = setUp();
    const orders = await Promise.all(
      [1, 2, 3].map((n) => orderOf([`a${n}.example.org`], { orderId: `ord_${n}` })),
    );
    const roots = await Promise.all([
      authority.root(),
      ...orders.map(async (order) => {
        await authority.submit(order, null, tools);
        return authority.root();
      }),
      setUp({}, keep).authority.root(),
    ]);
    expect(new Set(roots.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(keep.notes.get('root')).toBe(roots[0]?.pem);
  });

  test('lasts ten years and its key is kept as a secret only', async () => {
    const { authority, keep } = setUp({ commonName: 'Our root' });
    const { pem, fingerprint } = await authority.root();
    expect(readCertificate(pem)).toMatchObject({
      ...{ subject: 'CN=Our root', selfSigned: true, fingerprint, notAfter: start + 3650 * day },
    });
    expect([...keep.secrets.keys()]).toEqual(['root-key']);
    expect([...keep.notes.values()].join()).not.toContain('PRIVATE');
  });

  test('is finished with the same key when the agent was killed before the root was kept', async () => {
    const { authority, keep } = setUp();
    const first = await authority.root();
    keep.notes.clear();
    const second = await setUp({}, keep).authority.root();
    expect(readCertificate(second.pem).keyFingerprint).toBe(readCertificate(first.pem).keyFingerprint);
  });

  test('is not made while the keychain is locked', async () => {
    const keep = makeKeep();
    const locked = () => {
      throw new Failure('keychain.locked', 'The keychain is locked.');
    };
    const { authority } = setUp({}, { ...keep, secret: locked, keepSecret: locked });
    await expect(authority.root()).rejects.toMatchObject({ code: 'keychain.locked' });
    expect(keep.notes.size).toBe(0);
    expect(await authority.test()).toMatchObject({
      ok: false,
      checks: [
        { name: 'key', ok: false, sentence: 'The keychain is locked.' },
        { name: 'root', ok: true },
      ],
    });
  });

  test('is not replaced when its key is gone or another one: orders fail with what to do', async () => {
    const { authority, keep, tools } = setUp();
    await authority.root();
    const order = await orderOf(['a.example.org']);
    keep.secrets.set('root-key', makeKey().keyPem);
    await expect(authority.submit(order, null, tools)).rejects.toMatchObject({
      code: 'authority.root-key-wrong',
    });
    keep.secrets.clear();
    await expect(authority.submit(order, null, tools)).rejects.toMatchObject({
      code: 'authority.root-key-missing',
      hint: expect.stringContaining('backup'),
    });
    expect((await authority.test()).ok).toBe(false);
  });

  test('is refused for permitted names that are none', async () => {
    for (const name of ['10.0.0.0', 'a b', '']) {
      const { authority, keep } = setUp({ permittedNames: [name] });
      await expect(authority.root()).rejects.toMatchObject({ code: 'names.invalid' });
      expect((await authority.test()).ok).toBe(false);
      expect(keep.secrets.size + keep.notes.size).toBe(0);
    }
  });

  test('is not made by a test of the authority, which says that it would be', async () => {
    const { authority, keep } = setUp();
    expect(await authority.test()).toMatchObject({ ok: true, profiles: {} });
    expect(keep.secrets.size + keep.notes.size).toBe(0);
    await authority.root();
    expect(await authority.test()).toMatchObject({ ok: true });
  });
});
