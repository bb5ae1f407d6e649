import { describe, expect, test } from 'vitest';
import type { ProxySettings } from '#shared/model/proxy.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  changes,
  clock,
  direct,
  fixture,
  manual,
  open,
  prepareOutboundProxy,
  reverted,
  scene,
  set,
  through,
} from './proxy-way.ts';

prepareOutboundProxy();

const other: ProxySettings = { route: { ...manual, port: 8080 }, bypass: [] };

describe('the outbound connection', () => {
  test('is direct at first, and another object after every change', () => {
    const first = scene.outbound.inForce();
    expect(scene.outbound.state()).toEqual({ ...direct, hasPassword: false, revertsAt: null });
    expect(scene.outbound.inForce()).toBe(first);
    set(through, 'one');
    expect(scene.outbound.inForce()).not.toBe(first);
    expect(scene.outbound.inForce().password()?.text()).toBe('one');
    expect(changes).toBe(1);
  });

  test('is kept over a restart, its password sealed', () => {
    set(through, 'pass-word-4711');
    fixture.reopen();
    scene.outbound = open();
    expect(scene.outbound.state()).toEqual({ ...through, hasPassword: true, revertsAt: null });
    expect(scene.outbound.inForce().password()?.text()).toBe('pass-word-4711');
    expect(fixture.database.meta.get('proxy')).not.toContain('pass-word-4711');
  });

  test('keeps no password that no setting names any more', () => {
    set(through, 'one');
    set(through, 'two');
    expect(fixture.database.secrets.list('proxy')).toHaveLength(1);
    set(direct, null);
    expect(fixture.database.secrets.list('proxy')).toEqual([]);
  });

  test('gives the kept password only for the same user at the same place', () => {
    set(through, 'one');
    expect(scene.outbound.passwordKept({ ...manual, host: 'PROXY.example.org' })?.text()).toBe('one');
    for (const route of [
      { ...manual, host: 'evil.example.org' },
      { ...manual, port: 8080 },
      { ...manual, user: 'bob' },
      { ...manual, tls: true } as const,
      { ...manual, socks5: true } as const,
      { mode: 'none' } as const,
      { mode: 'pac', pacUrl: 'http://proxy.example.org:3128/', user: 'ann', domain: null } as const,
    ])
      expect(scene.outbound.passwordKept(route)).toBeNull();
  });

  test('a damaged stored setting means directly, and a new one can be set', () => {
    fixture.database.meta.set('proxy', '{"settings":7}');
    scene.outbound.stop();
    scene.outbound = open();
    expect(scene.outbound.state()).toMatchObject(direct);
    set(through, 'one');
    expect(scene.outbound.state()).toMatchObject(through);
  });
});

describe('a setting on trial', () => {
  test('goes back by itself with its password, and says so in the audit', () => {
    set(through, 'one');
    set(other, 'two', 60);
    expect(scene.outbound.state()).toMatchObject({ ...other, revertsAt: expect.any(Number) });
    expect(scene.outbound.inForce().password()?.text()).toBe('two');
    clock.jump(59_000);
    expect(scene.outbound.state()).toMatchObject(other);
    clock.jump(2_000);
    expect(scene.outbound.state()).toEqual({ ...through, hasPassword: true, revertsAt: null });
    expect(scene.outbound.inForce().password()?.text()).toBe('one');
    expect(fixture.database.audit.list(undefined, 1)[0]).toMatchObject({
      action: 'proxy.reverted',
      origin: 'agent',
      sentence: expect.stringContaining('through proxy.example.org:3128'),
    });
    expect(fixture.database.secrets.list('proxy')).toHaveLength(1);
    expect(reverted).toEqual([
      'No one confirmed the proxy setting (through proxy.example.org:8080), so the previous one is back: through proxy.example.org:3128.',
    ]);
  });

  test('stays when it was confirmed', () => {
    set(other, 'two', 60);
    scene.outbound.confirm();
    scene.outbound.settle();
    clock.jump(3_600_000);
    expect(reverted).toEqual([]);
    expect(scene.outbound.state()).toEqual({ ...other, hasPassword: true, revertsAt: null });
    expect(() => scene.outbound.confirm()).toThrow(
      expect.objectContaining({ code: 'proxy.nothing-to-confirm' }),
    );
  });

  test('goes back at the next start when its time ran out meanwhile, and later when it did not', () => {
    set(through, 'one');
    set(other, 'two', 60);
    scene.outbound.stop();
    scene.outbound = open();
    expect(scene.outbound.state()).toMatchObject(other);
    scene.outbound.stop();
    clock.jump(61_000);
    scene.outbound = open();
    expect(scene.outbound.state()).toMatchObject(through);
    expect(reverted).toHaveLength(1);
  });

  test('replaced by another trial, what comes back is what was confirmed last', () => {
    set(through, 'one');
    set(other, 'two', 60);
    set({ route: { ...manual, port: 9090 }, bypass: [] }, 'three', 60);
    clock.jump(61_000);
    expect(scene.outbound.state()).toMatchObject(through);
    expect(scene.outbound.inForce().password()?.text()).toBe('one');
  });

  test('is not in force when the transaction that stored it was rolled back', () => {
    expect(() =>
      fixture.database.transaction(() => {
        scene.outbound.apply({ settings: through, password: Secret.of('one') });
        throw new Error('the audit row could not be written');
      }),
    ).toThrow('audit row');
    scene.outbound.settle();
    expect(scene.outbound.state()).toMatchObject(direct);
    expect(fixture.database.secrets.list('proxy')).toEqual([]);
  });
});
