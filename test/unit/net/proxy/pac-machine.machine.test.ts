import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { makePacMachine, type PacWorld } from '../../../../electron/net/proxy/pac-machine.ts';

const addresses: Record<string, string> = { 'in.corp': '10.1.2.3', 'out.example': '93.184.216.34' };
const notes: string[] = [];
const world: PacWorld = {
  resolve: (name) => addresses[name] ?? null,
  mine: (all) => (all ? '10.9.9.9;fd00::9' : '10.9.9.9'),
  within: (address, network) => network === '10.0.0.0/8' && address.startsWith('10.'),
  note: (text) => notes.push(text),
};

/** A busy machine may starve a script: it is no fault of it. */
async function unlessStarved<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { kind?: string }).kind !== 'starved' || tries === 1) throw error;
    return unlessStarved(work, tries - 1);
  }
}

const say = (expression: string, clock: Clock = systemClock) =>
  unlessStarved(() => sayOnce(expression, clock));

async function sayOnce(expression: string, clock: Clock): Promise<unknown> {
  const script = `function FindProxyForURL(url, host) { return JSON.stringify(${expression}); }`;
  const machine = await makePacMachine(script, world, clock);
  const answer = machine.ask('https://in.corp/', 'in.corp');
  machine.close();
  if ('notText' in answer) throw new Error(answer.notText);
  return JSON.parse(answer.text ?? 'null');
}

describe('the functions of a PAC file', () => {
  test.each([
    ['isPlainHostName("www")', true],
    ['isPlainHostName("www.corp")', false],
    ['isPlainHostName("::1")', false],
    ['dnsDomainIs("www.corp.example", ".corp.example")', true],
    ['dnsDomainIs("www", ".corp.example")', false],
    ['localHostOrDomainIs("www", "www.corp.example")', true],
    ['localHostOrDomainIs("www.corp.example", "www.corp.example")', true],
    ['localHostOrDomainIs("home.corp.example", "www.corp.example")', false],
    ['dnsDomainLevels("www")', 0],
    ['dnsDomainLevels("a.b.c")', 2],
    ['shExpMatch("http://home.corp/people/index.html", "*/people/*")', true],
    ['shExpMatch("http://home.corp/them/index.html", "*/people/*")', false],
    ['shExpMatch("a.corp", "?.corp")', true],
    ['shExpMatch("ab.corp", "?.corp")', false],
    ['shExpMatch("axcorp", "a.corp")', false],
    ['shExpMatch("a", "(*)+")', false],
    ['shExpMatch("", "*")', true],
    ['shExpMatch("", "?")', false],
    ['dnsResolve("in.corp")', '10.1.2.3'],
    ['dnsResolve("10.0.0.7")', '10.0.0.7'],
    ['dnsResolve("nowhere")', null],
    ['isResolvable("out.example")', true],
    ['isResolvable("nowhere")', false],
    ['isInNet("in.corp", "10.0.0.0", "255.0.0.0")', true],
    ['isInNet(host, "10.1.2.3", "255.255.255.255")', true],
    ['isInNet("out.example", "10.0.0.0", "255.0.0.0")', false],
    ['isInNet("200.1.2.3", "200.0.0.0", "255.0.0.0")', true],
    ['isInNet("nowhere", "0.0.0.0", "0.0.0.0")', false],
    ['isInNet("10.1.1.1", "10.0.0.0", "255.0.0.x")', false],
    ['myIpAddress()', '10.9.9.9'],
    ['myIpAddressEx()', '10.9.9.9;fd00::9'],
    ['isInNetEx("10.1.1.1", "10.0.0.0/8")', true],
    ['sortIpAddressList("10.0.0.1; fd00::1")', 'fd00::1;10.0.0.1'],
    ['typeof FindProxyForURL', 'function'],
    ['url', 'https://in.corp/'],
    ['typeof require + typeof process + typeof fetch', 'undefinedundefinedundefined'],
  ])('%s', async (expression, expected) => expect(await say(expression)).toEqual(expected));

  test('alert speaks to the log', async () => {
    await say('[alert("hello")]');
    expect(notes).toContain('hello');
  });

  // Wednesday
  const at = (iso: string): Clock => ({ ...systemClock, now: () => Date.parse(iso) });
  test.each([
    ['weekdayRange("WED", "GMT")', '2026-11-18T12:30:15Z', true],
    ['weekdayRange("MON", "FRI", "GMT")', '2026-11-18T12:30:15Z', true],
    ['weekdayRange("FRI", "MON", "GMT")', '2026-11-18T12:30:15Z', false],
    ['weekdayRange("SAT", "WED", "GMT")', '2026-11-18T12:30:15Z', true],
    ['weekdayRange("XYZ", "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(18, "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange(17, "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(1, 17, "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(25, 18, "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange("NOV", "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange("OCT", "FEB", "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange("JAN", "MAR", "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(2026, "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange(2027, 2030, "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(24, "DEC", 6, "JAN", "GMT")', '2026-12-31T12:00:00Z', true],
    ['dateRange(24, "DEC", 6, "JAN", "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange("OCT", 2026, "JAN", 2027, "GMT")', '2026-11-18T12:30:15Z', true],
    ['dateRange(1, "DEC", 2026, 31, "DEC", 2026, "GMT")', '2026-11-18T12:30:15Z', false],
    ['dateRange(1, "NOV", 2026, 18, "NOV", 2026, "GMT")', '2026-11-18T12:30:15Z', true],
    ['timeRange(12, "GMT")', '2026-11-18T12:30:15Z', true],
    ['timeRange(8, 12, "GMT")', '2026-11-18T12:30:15Z', true],
    ['timeRange(8, 11, "GMT")', '2026-11-18T12:30:15Z', false],
    ['timeRange(22, 6, "GMT")', '2026-11-18T23:30:15Z', true],
    ['timeRange(12, 30, 13, 0, "GMT")', '2026-11-18T12:30:15Z', true],
    ['timeRange(12, 31, 13, 0, "GMT")', '2026-11-18T12:30:15Z', false],
    ['timeRange(12, 30, 16, 12, 30, 20, "GMT")', '2026-11-18T12:30:15Z', false],
    ['timeRange(1, 2, 3, "GMT")', '2026-11-18T12:30:15Z', false],
  ])('%s at %s is %s', async (expression, iso, expected) =>
    expect(await say(expression, at(iso))).toBe(expected),
  );

  test('without GMT it is the time of this machine', async () => {
    const noon = new Date(2026, 10, 18, 12, 30);
    const clock = { ...systemClock, now: () => noon.getTime() };
    expect(await say('[timeRange(12), dateRange(18), dateRange(17)]', clock)).toEqual([true, true, false]);
  });
});

describe('a script', () => {
  const load = (script: string) => unlessStarved(() => makePacMachine(script, world, systemClock));

  test.each([
    ['function FindProxyForURL( {', /^SyntaxError: .* \(line 1\)$/],
    ['var a = 1;\n\nnothing.there();', /^ReferenceError: nothing is not defined \(line 3\)$/],
    ['<html><body>Log in</body></html>', /^SyntaxError/],
    ['var x = 1;', /no function FindProxyForURL/],
    ['var FindProxyForURL = 5;', /no function FindProxyForURL/],
    ['', /no function FindProxyForURL/],
  ])('%j is none', async (script, why) => {
    await expect(load(script)).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(why) });
  });

  test('may be written as people write today', async () => {
    const machine = await load('const FindProxyForURL = (url, host) => `PROXY a:` + [1, 2].at(-1); // end');
    expect(machine.ask('https://a/', 'a')).toEqual({ text: 'PROXY a:2' });
  });

  test.each([
    ['null', { text: null }],
    ['undefined', { text: null }],
    ['true', { notText: 'boolean' }],
    ['5', { notText: 'number' }],
    ['{}', { notText: 'object' }],
  ])('that answers %s', async (value, expected) => {
    const machine = await load(`function FindProxyForURL() { return ${value}; }`);
    expect(machine.ask('https://a/', 'a')).toEqual(expected);
  });

  test('gets address and host as they are, whatever is in them', async () => {
    const machine = await load('function FindProxyForURL(url, host) { return url + "|" + host; }');
    const odd = 'http://a/?q="\\\u2028`x\'';
    expect(machine.ask(odd, 'a"b')).toEqual({ text: `${odd}|a"b` });
  });
});
