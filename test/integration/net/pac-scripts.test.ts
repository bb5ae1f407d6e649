import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { Pac } from '../../../electron/net/proxy/pac.ts';
import { makePacMachine, ScriptTrouble } from '../../../electron/net/proxy/pac-machine.ts';
import { SteppedClock } from '../../make/stepped-clock.ts';

const world = { resolve: () => null, mine: () => '10.9.9.9', within: () => false, note: () => {} };

describe('a script', () => {
  const load = (script: string) => makePacMachine(script, world, systemClock);
  /** What was stopped because others had the processor may be asked again, and is here. */
  async function answer(script: string, host: string): Promise<unknown> {
    for (;;) {
      try {
        return (await load(script)).ask(`https://${host}/`, host);
      } catch (error) {
        if (!(error instanceof ScriptTrouble) || error.kind !== 'starved') throw error;
      }
    }
  }

  test.each([
    ['an endless loop', 'for (;;) {}'],
    ['a loop that catches what stops it', 'for (;;) { try { for (;;) {} } catch (e) {} }'],
    ['an expression that backtracks', '/^(a+)+$/.test("a".repeat(40) + "b")'],
    ['one endless step of the engine', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    ['endless joining', 'Array(2 ** 32 - 1).join("x")'],
    ['more memory than there is', 'const a = []; for (;;) a.push(new Array(1000).fill(1))'],
    ['endless depth', '(function f() { f(); })()'],
    ['a promise that never ends', '(async () => { for (;;) {} })()'],
  ])('with %s is stopped in time, and the next machine works', async (_name, code) => {
    const machine = await load(`function FindProxyForURL() { ${code}; return "DIRECT"; }`);
    const [started, before] = [performance.now(), process.cpuUsage()];
    expect(() => machine.ask('https://a/', 'a')).toThrow(
      expect.objectContaining({ kind: expect.stringMatching(/slow|starved|failed/) }),
    );
    const { user, system } = process.cpuUsage(before);
    const took = performance.now() - started; // on a machine that is busy with others, ours is the smaller one
    expect(Math.min(took, (user + system) / 1000)).toBeLessThan(1500);
    expect(machine.spent()).toBe(true);
    expect(await answer('function FindProxyForURL() { return "DIRECT"; }', 'a')).toEqual({ text: 'DIRECT' });
  });

  test('that loops while it is loaded is stopped too', async () => {
    await expect(load('for (;;) {}')).rejects.toMatchObject({ kind: expect.stringMatching(/slow|starved/) });
  });

  test('of a megabyte of rules is loaded and answers', async () => {
    const rules = Array.from(
      { length: 15_000 },
      (_, n) => `if (shExpMatch(host, "*.domain${n}.example.com")) return "PROXY a:1";`,
    );
    const script = `function FindProxyForURL(url, host) { ${rules.join('\n')} return "DIRECT"; }`;
    expect(await answer(script, 'x.domain14999.example.com')).toEqual({ text: 'PROXY a:1' });
  });
});

test('a destination for which the script loops is not asked about again for a minute, and harms no other', async () => {
  const clock = new SteppedClock();
  const script = 'function FindProxyForURL(url, host) { while (host === "bad.example"); return "DIRECT"; }';
  const pac = new Pac({
    url: 'http://pac.corp/proxy.pac',
    clock,
    log: silentLog,
    fetch: async () => ({ status: 200, headers: {}, body: Buffer.from(script) }),
  });
  const ask = async (address: string) => (await pac.ask(new URL(address))).text;
  await expect(ask('https://bad.example/')).rejects.toMatchObject({
    code: 'proxy.pac-timeout',
    retry: 'later',
  });
  expect(await ask('https://good.example/')).toBe('DIRECT');
  const before = process.cpuUsage();
  await expect(ask('https://bad.example/')).rejects.toMatchObject({ code: 'proxy.pac-timeout' });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(300); // of our own, whatever else runs here
  clock.step(60_001);
  await expect(ask('https://bad.example/')).rejects.toMatchObject({ code: 'proxy.pac-timeout' });
});
