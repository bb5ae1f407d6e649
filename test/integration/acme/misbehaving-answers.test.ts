import { describe, expect, test } from 'vitest';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import { makeTestOrder, memoryState, untilDone } from '../../make/acme.ts';
import type { Asked } from '../../servers/acme-misbehaving.ts';
import { first, front, hurried, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const urn = (type: string) => `urn:ietf:params:acme:error:${type}`;
const notFound = { answer: 404, body: { type: urn('malformed'), detail: 'No such thing' } };

describe.skipIf(!canRunPebble)('Pebble behind a server that misbehaves', () => {
  preparePebbleBehind();

  // letsencrypt/boulder#6593, cert-manager/cert-manager#8939, fleetdm/fleet#45127
  describe('one answer that something is not there ends nothing', () => {
    test.each<[Asked]>([['order'], ['authorization'], ['challenge'], ['finalize']])(
      'of %s',
      async (asked) => {
        const { authority } = acme(front);
        front.misbehave(first(1, asked, notFound));
        const order = await makeTestOrder([`${asked}.example`]);
        const { status, waits } = await hurried(authority, order);
        expect(status).toEqual({ state: 'ready' });
        expect(waits).toContain(1000);
        expect(certificatesOf(await authority.collect(order.known()))).toHaveLength(2);
        expect(front.asked.filter((one) => one === 'newOrder')).toHaveLength(1);
      },
    );

    test('without a problem document, and several in a row', async () => {
      const { authority } = acme(front);
      front.misbehave(first(4, 'authorization', { answer: 404, body: '<h1>Not Found</h1>' }));
      const { status, waits } = await hurried(authority, await makeTestOrder(['page.example']));
      expect(status).toEqual({ state: 'ready' });
      expect(waits.slice(0, 4)).toEqual([1000, 4000, 15_000, 60_000]);
    });

    test('also after a restart of the agent, which counts on', async () => {
      const state = memoryState();
      const order = await makeTestOrder(['restarted.example']);
      front.misbehave(first(99, 'authorization', notFound));
      for (const wait of [1000, 4000, 15_000, 60_000]) {
        const { authority } = acme(front, { state });
        await authority.submit(order.request, order.known(), order.tools);
        const status = await authority.poll(order.known(), order.request, order.tools);
        expect(status).toMatchObject({ state: 'pending', afterMs: wait });
      }
      const { authority } = acme(front, { state });
      expect(await authority.poll(order.known(), order.request, order.tools)).toMatchObject({
        state: 'refused',
        because: {
          code: 'acme.order-gone',
          sentence: expect.stringContaining('answered 5 times in a row'),
          peerSaid: 'No such thing',
        },
      });
    });

    test('of the certificate, which is asked for again by the waits of the step', async () => {
      const { authority } = acme(front);
      const order = await makeTestOrder(['certificate.example']);
      expect((await hurried(authority, order)).status).toEqual({ state: 'ready' });
      front.misbehave(first(2, 'certificate', notFound));
      const missing = { code: 'acme.certificate-not-there', retry: 'later' };
      await expect(authority.collect(order.known())).rejects.toMatchObject(missing);
      await expect(authority.collect(order.known())).rejects.toMatchObject(missing);
      expect(certificatesOf(await authority.collect(order.known()))).toHaveLength(2);
    });

    test('of the certificate again and again needs a person in the end', async () => {
      const { authority } = acme(front);
      const order = await makeTestOrder(['never.example']);
      await hurried(authority, order);
      front.misbehave(first(99, 'certificate', notFound));
      const retries: unknown[] = [];
      for (let n = 0; n < 8; n++)
        retries.push(
          await authority.collect(order.known()).then(
            () => 'collected',
            ({ retry }) => retry,
          ),
        );
      expect(retries).toEqual([...Array(7).fill('later'), 'needs-person']);
    });

    test('of the address for new orders reads the directory again', async () => {
      const { authority } = acme(front);
      front.misbehave(first(1, 'newOrder', notFound));
      const order = await makeTestOrder(['new.example']);
      await expect(untilDone(authority, order)).rejects.toMatchObject({ retry: 'later' });
      expect((await hurried(authority, order)).status).toEqual({ state: 'ready' });
      expect(front.asked.filter((one) => one === 'directory')).toHaveLength(2);
    });
  });

  // ansible-collections/community.crypto#1075 (authorizations), certbot/certbot#2768 (meta)
  test('null and empty in what can be done without is read as absent', async () => {
    front.misbehave(({ asked }) => {
      if (asked === 'directory') return { change: { renewalInfo: null, keyChange: '', meta: null } };
      if (asked === 'newAccount') return { change: { orders: null, contact: null } };
      if (asked === 'newOrder' || asked === 'order' || asked === 'finalize')
        return { change: { error: null, profile: null, expires: null, replaces: '' } };
      if (asked === 'authorization') return { change: { wildcard: null, expires: null } };
      return null;
    });
    const { authority } = acme(front);
    const order = await makeTestOrder(['null.example']);
    expect((await hurried(authority, order)).status).toEqual({ state: 'ready' });
    expect(certificatesOf(await authority.collect(order.known()))).toHaveLength(2);
    expect((await authority.test()).ok).toBe(true);
  });

  // rmbolger/Posh-ACME#510: finalize was only there while it was of use
  test('an order that shows where to finalize only while it is ready is finalized', async () => {
    const unlessReady = (body: string) => {
      const { finalize, ...rest } = JSON.parse(body) as { finalize: string; status: string };
      return JSON.stringify(
        rest.status === 'ready' ? { ...rest, finalize } : { ...rest, authorizations: null },
      );
    };
    const { authority } = acme(front);
    const order = await makeTestOrder(['late.example']);
    front.misbehave(({ asked, nth }) =>
      (asked === 'order' && nth > 1) || asked === 'finalize' ? { change: unlessReady } : null,
    );
    expect((await hurried(authority, order)).status).toEqual({ state: 'ready' });
  });

  // srvrco/getssl#908 (conflict), simple-acme/simple-acme#90 (alreadyReplaced), simple-acme/simple-acme#267
  test.each([
    ['a conflict', { answer: 409, body: { type: urn('conflict'), detail: 'has a replacement order' } }],
    ['that it is replaced already', { answer: 409, body: { type: urn('alreadyReplaced'), detail: 'twice' } }],
    ['409 and nothing more', { answer: 409, body: '' }],
    ['a type of its own', { answer: 400, body: { type: urn('orderReplaced'), detail: 'by another order' } }],
  ])('%s in answer to "replaces" is ordered again without it', async (_what, refusal) => {
    const { authority } = acme(front);
    const old = await makeTestOrder(['old.example']);
    await hurried(authority, old);
    const chain = await authority.collect(old.known());
    const sent: unknown[] = [];
    front.misbehave(({ asked, payload }) => {
      if (asked === 'directory') return { change: { renewalInfo: `${front.directoryUrl}/renewal` } };
      if (asked !== 'newOrder') return null;
      sent.push(payload?.replaces);
      return payload?.replaces === undefined ? null : refusal;
    });
    const again = acme(front);
    const order = await makeTestOrder(['old.example'], { request: { replacesPem: chain } });
    expect((await hurried(again.authority, order)).status).toEqual({ state: 'ready' });
    expect(sent).toEqual([expect.any(String), undefined]);
  });

  test('a refusal with a cause of its own is not asked about twice', async () => {
    const { authority } = acme(front);
    const old = await makeTestOrder(['own.example']);
    await hurried(authority, old);
    const request = { replacesPem: await authority.collect(old.known()) };
    const before = front.asked.length;
    front.misbehave(({ asked }) => {
      if (asked === 'directory') return { change: { renewalInfo: `${front.directoryUrl}/renewal` } };
      const body = { type: urn('rejectedIdentifier'), detail: 'not yours' };
      return asked === 'newOrder' ? { answer: 403, body } : null;
    });
    const again = acme(front);
    await expect(
      untilDone(again.authority, await makeTestOrder(['own.example'], { request })),
    ).rejects.toMatchObject({ code: 'acme.rejected-identifier' });
    expect(front.asked.slice(before).filter((one) => one === 'newOrder')).toHaveLength(1);
  });
});
