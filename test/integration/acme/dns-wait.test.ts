import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeTestOrder, memoryState, obtain, untilDone } from '#test/make/acme.ts';
import {
  canRunNameServers,
  type NameServers,
  nobody,
  ns1,
  ns2,
  startNameServers,
} from '#test/servers/name-servers.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { recordOf } from '../../../electron/providers/authorities/acme/key-authorization.ts';
import { acmeMaker, canRunPebble, namesIn } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble || !canRunNameServers)(
  'before the CA is told that a DNS record is there',
  () => {
    let servers: NameServers;
    let pebble: Pebble;
    beforeAll(async () => {
      servers = await startNameServers([
        {
          name: 'shop.example',
          servers: [ns1, ns2],
          lines: [
            '_acme-challenge.alias CNAME alias.proofs.example.',
            '_acme-challenge.loop CNAME _acme-challenge.loop',
          ],
        },
        { name: 'proofs.example', servers: [ns1, ns2] },
        { name: 'dark.example', servers: [nobody] },
        { name: 'partly.example', servers: [ns1, nobody] },
      ]);
      pebble = await startPebble({ dnsServer: servers.resolver });
    });
    afterAll(async () => {
      await pebble?.stop();
      await servers?.stop();
    });

    async function withScripts(
      at: readonly string[],
      { zone = 'shop.example', instead, hours = 0 }: { zone?: string; instead?: string; hours?: number } = {},
      state = memoryState(),
    ) {
      const validation = {
        method: 'dns-01-script',
        addScript: await servers.script('add', at, zone, instead),
        removeScript: await servers.script('delete', at, zone, instead),
        ...{ timeoutSeconds: 10, waitSeconds: 300, propagationSeconds: 600 },
      } as const;
      const clock = { ...systemClock, now: () => systemClock.now() + hours * 3_600_000 };
      return { ...acme(pebble, { validation, dns: servers.dns, state, clock }), state };
    }
    const told = (requests: readonly string[]) => requests.filter((line) => line.includes('/chalZ/'));

    test('every name server is asked, and the order says what each answered', async () => {
      const { authority } = await withScripts([ns1, ns2]);
      const order = await makeTestOrder(['shop.example', '*.shop.example']);
      expect(namesIn(await obtain(authority, order))).toMatch(/DNS:\*\.shop\.example/);
      expect(await authority.poll(order.known(), order.request, order.tools)).toEqual({
        state: 'ready',
        sentence: `The name servers of shop.example were asked for the record _acme-challenge.shop.example: ns1.shop.example (${ns1}) shows it, ns2.shop.example (${ns2}) shows it.`,
      });
    });

    test('one that is behind is waited for, and the CA is told when it has caught up', async () => {
      const { authority, requests } = await withScripts([ns1]);
      const order = await makeTestOrder(['late.shop.example']);
      await authority.submit(order.request, null, order.tools);
      const status = await authority.poll(order.known(), order.request, order.tools);
      expect(status).toMatchObject({
        state: 'pending',
        sentence: expect.stringContaining(
          `ns1.shop.example (${ns1}) shows it, ns2.shop.example (${ns2}) has none.`,
        ),
      });
      expect(told(requests)).toEqual([]);
      const { provisions } = order.known() as { provisions: { keyAuthorization: string }[] };
      const { record, value } = recordOf('late.shop.example', provisions[0]?.keyAuthorization ?? '');
      await servers.change('add', ns2, 'shop.example', record, value);
      expect(namesIn(await obtain(authority, order))).toBe('DNS:late.shop.example');
      expect(told(requests)).toHaveLength(1);
    });

    test('after the wait that is set, the order ends with what each answered, and the CA was not told', async () => {
      const first = await withScripts([ns1]);
      const order = await makeTestOrder(['never.shop.example']);
      await first.authority.submit(order.request, null, order.tools);
      await first.authority.poll(order.known(), order.request, order.tools);
      const { authority, requests } = await withScripts([ns1], { hours: 1 }, first.state);
      await expect(authority.poll(order.known(), order.request, order.tools)).rejects.toMatchObject({
        code: 'acme.dns-record-not-shown',
        retry: 'needs-person',
        message: expect.stringMatching(
          /300 s after it was added.*ns2\.shop\.example \(127\.0\.0\.3\) has none/,
        ),
        hint: expect.stringContaining('split DNS'),
      });
      expect([...told(first.requests), ...told(requests)]).toEqual([]);
    });

    test('an alias is followed to the zone that it leads to', async () => {
      const { authority } = await withScripts([ns1, ns2], {
        zone: 'proofs.example',
        instead: 'alias.proofs.example',
      });
      const order = await makeTestOrder(['alias.shop.example']);
      expect(namesIn(await obtain(authority, order))).toBe('DNS:alias.shop.example');
      expect(await authority.poll(order.known(), order.request, order.tools)).toMatchObject({
        sentence: expect.stringContaining(
          'The name servers of proofs.example were asked for the record alias.proofs.example',
        ),
      });
    });

    test('aliases that lead in a circle are named', async () => {
      const { authority } = await withScripts([ns1, ns2], { instead: 'elsewhere.shop.example' });
      await expect(untilDone(authority, await makeTestOrder(['loop.shop.example']))).rejects.toMatchObject({
        code: 'acme.dns-alias-loop',
      });
    });

    test('a name server that does not answer is named, and not waited for', async () => {
      const { authority } = await withScripts([ns1], { zone: 'partly.example' });
      const order = await makeTestOrder(['partly.example']);
      await obtain(authority, order);
      expect(await authority.poll(order.known(), order.request, order.tools)).toMatchObject({
        sentence: expect.stringMatching(
          /ns1\.partly\.example \(127\.0\.0\.2\) shows it, ns2\.partly\.example \(127\.0\.0\.4\) could not be reached/,
        ),
      });
    });

    test('where none answers, the resolver of this machine is asked', async () => {
      const { authority } = await withScripts([ns1], { zone: 'dark.example' });
      const order = await makeTestOrder(['dark.example']);
      await obtain(authority, order);
      expect(await authority.poll(order.known(), order.request, order.tools)).toMatchObject({
        sentence: expect.stringMatching(
          /could not be reached\. The resolver of this machine shows the record\.$/,
        ),
      });
    });

    test('where nobody shows it, the fixed time is waited, and a refusal says what was seen', async () => {
      const misplaced = { zone: 'dark.example', instead: 'misplaced.dark.example' };
      const first = await withScripts([ns1], misplaced);
      const order = await makeTestOrder(['www.dark.example']);
      await first.authority.submit(order.request, null, order.tools);
      const status = await first.authority.poll(order.known(), order.request, order.tools);
      expect(status).toMatchObject({
        state: 'pending',
        sentence: expect.stringMatching(/could not be reached\. Waiting for .* to spread, 600 s after/),
      });
      const second = await withScripts([ns1], { ...misplaced, hours: 1 }, first.state);
      const refused = await untilDone(second.authority, order);
      expect(refused).toMatchObject({ state: 'refused' });
      expect(JSON.stringify(refused)).toMatch(/Before the CA was asked to check: .*was told 600 s after/);
    });
  },
);
