import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeKey } from '#test/make/certificates.ts';
import { checkMaterial } from '../../../../../electron/pki/chain.ts';
import { readCertificate } from '../../../../../electron/pki/read-certificate.ts';
import type { OrderRequest } from '../../../../../electron/providers/authorities/authority.ts';
import { day, orderOf, setUp, start } from './local-authority.ts';

/** The refusal of an order, which must be one sentence with something to do. */
async function refusalOf(setup: ReturnType<typeof setUp>, order: OrderRequest) {
  const handle = await setup.authority.submit(order, null, setup.tools);
  const status = await setup.authority.poll(handle, order, setup.tools);
  if (status.state !== 'refused') throw new Error(`not refused: ${status.state}`);
  expect(status.because.sentence).toMatch(/\.$/);
  await expect(setup.authority.collect(handle)).rejects.toMatchObject({ code: 'authority.refused' });
  return status.because;
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
      expect(await authority.poll(handle, order, tools)).toEqual({ state: 'ready' });
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
      await authority.cleanUp(handle, await orderOf(names), tools);
    },
  );

  test('is stored before anybody gets it, as plain JSON', async () => {
    const { authority, tools, remembered } = setUp();
    const handle = await authority.submit(await orderOf(['a.example.org']), null, tools);
    expect(remembered).toEqual([handle]);
    expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);
  });

  test('that was placed before is continued, not placed again', async () => {
    const { authority, tools, remembered, state } = setUp();
    const order = await orderOf(['a.example.org']);
    const handle = await authority.submit(order, null, tools);
    const restarted = setUp({}, state);
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
      await expect(authority.poll(handle, order, tools)).rejects.toBeInstanceOf(Failure);
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
    expect(await setup.authority.poll(handle, fine, setup.tools)).toEqual({ state: 'ready' });
  });

  test('by what the root says, even after the settings were changed', async () => {
    const { state, authority } = setUp({ permittedNames: ['corp.example'] });
    await authority.root();
    const changed = setUp({ permittedNames: [] }, state);
    expect((await refusalOf(changed, await orderOf(['a.other.example']))).code).toBe('authority.refused');
  });

  test('when it asks for a certificate profile', async () => {
    const order = await orderOf(['a.example.org'], { terms: { profile: 'short', days: null } });
    expect((await refusalOf(setUp(), order)).sentence).toContain('"short"');
  });
});
