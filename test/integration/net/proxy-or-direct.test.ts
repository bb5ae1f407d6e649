import { describe, expect, test } from 'vitest';
import { manualProxy, noProxy } from '../../make/proxy-config.ts';
import { haveSquid } from '../../servers/squid.ts';
import { BehindProxy, connects, connectsOnceClosed, outer, trust, waiting } from './behind-proxy.ts';

const behind = new BehindProxy();

describe.skipIf(!haveSquid())('what never goes through the proxy', () => {
  test('loopback, whatever the setting', async () => {
    const proxy = await behind.ownSquid('none');
    const http = behind.client(manualProxy(proxy.port));
    const answer = await http.request({ method: 'GET', url: `http://127.0.0.1:${behind.plainPort}/` });
    expect(answer.status).toBe(200);
    const found = await http.reach({ url: `http://localhost:${behind.plainPort}/` });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
    expect(found.steps[0]).toMatchObject({
      name: 'route',
      sentence: expect.stringContaining('on this machine'),
    });
    expect(await proxy.accessLog()).toEqual([]);
  });

  test.skipIf(outer === null)('what is in the list, the rule being named', async () => {
    const proxy = await behind.ownSquid('none');
    const http = behind.client(manualProxy(proxy.port, {}, ['*.corp', `${outer}/32`]));
    expect((await behind.get(http, behind.url('/', outer ?? ''))).status).toBe(200);
    const found = await http.reach({ url: behind.url('/', outer ?? ''), ...trust });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
    expect(found.steps.map(({ name }) => name)).toEqual(['route', 'resolve', 'connect', 'tls']);
    expect(found.steps[0]?.sentence).toContain(`"${outer}/32"`);
    expect(await proxy.accessLog()).toEqual([]);
    await behind.get(http);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });
});

describe.skipIf(!haveSquid())('a change of the setting', () => {
  test('holds for the next request, and what runs is not disturbed', async () => {
    const [one, two] = [await behind.ownSquid('none'), await behind.ownSquid('none')];
    let setting = manualProxy(one.port);
    const http = behind.client(() => setting);
    await behind.get(http);
    const running = behind.get(http, behind.url('/slow'));
    await expect.poll(() => behind.held.length, waiting).toBe(1);
    setting = manualProxy(two.port);
    expect((await behind.get(http, behind.url('/next'))).body.toString()).toBe('safe /next');
    behind.answerHeld();
    expect((await running).body.toString()).toBe('slow');
    await expect.poll(async () => (await connects(one)).length, waiting).toBeGreaterThan(0);
    expect(await connects(one)).toHaveLength(1); // kept for both, and closed now
    expect(new Set(behind.seen.map(({ from }) => from)).size).toBe(2);
    setting = noProxy();
    await expect(behind.get(http)).rejects.toMatchObject({ code: 'net.unresolved' });
    expect(await connectsOnceClosed(two, http)).toHaveLength(1);
  });

  test.skipIf(outer === null)('a connection of one way is never used for another', async () => {
    const proxy = await behind.ownSquid('none');
    let setting = noProxy();
    const http = behind.client(() => setting);
    const address = behind.url('/', outer ?? '');
    await behind.get(http, address);
    setting = manualProxy(proxy.port);
    await behind.get(http, address);
    setting = noProxy();
    await behind.get(http, address);
    expect(new Set(behind.seen.map(({ from }) => from)).size).toBe(3);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });
});
