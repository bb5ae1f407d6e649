import { expect, test } from 'vitest';
import { inNetwork, makePacNames, ownAddresses } from '../../../../electron/net/proxy/pac-names.ts';
import { SteppedClock } from '../../../make/stepped-clock.ts';

function names() {
  const clock = new SteppedClock();
  const asked: string[] = [];
  const begin = makePacNames(clock, async (name) => {
    asked.push(name);
    return name === 'nowhere' ? [] : ['fd00::1', '10.0.0.1', '10.0.0.2'];
  });
  return { clock, asked, begin };
}

test('a name is missed once, then known to every question for a minute', async () => {
  const { clock, asked, begin } = names();
  const question = begin();
  expect(question.resolve('A.corp', false)).toBeNull();
  expect(question.missed()).toBe(true);
  await question.learn();
  expect(question.missed()).toBe(false);
  expect(question.resolve('a.corp', false)).toBe('10.0.0.1');
  expect(question.resolve('a.corp', true)).toBe('fd00::1;10.0.0.1;10.0.0.2');
  const second = begin();
  expect(second.resolve('a.corp', false)).toBe('10.0.0.1');
  expect(second.missed()).toBe(false);
  clock.step(61_000);
  expect(begin().resolve('a.corp', false)).toBeNull();
  expect(question.resolve('a.corp', false)).toBe('10.0.0.1'); // within a question nothing changes
  expect(asked).toEqual(['a.corp']);
});

test('a name that does not resolve is known not to', async () => {
  const { begin } = names();
  const question = begin();
  question.resolve('nowhere', false);
  await question.learn();
  expect([question.resolve('nowhere', false), question.resolve('nowhere', true), question.missed()]).toEqual([
    null,
    null,
    false,
  ]);
});

test('a question that looks up more names than is decent gets no answer for the rest', async () => {
  const { asked, begin } = names();
  const question = begin();
  for (let n = 0; n < 500; n++) question.resolve(`n${n}`, false);
  await question.learn();
  for (let n = 0; n < 500; n++) question.resolve(`n${n}`, false);
  expect(question.missed()).toBe(false);
  expect(asked).toHaveLength(20);
});

test('this machine has an address towards another', async () => {
  expect(await ownAddresses('127.0.0.1')).toContain('127.0.0.1');
  expect((await ownAddresses('nowhere.invalid')).length).toBeGreaterThan(0);
});

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['fd00::1', 'fd00::/16', true],
  ['fd00::1', '10.0.0.0/8', false],
  ['10.1.2.3', '10.0.0.0/99', false],
  ['x', '10.0.0.0/8', false],
  ['10.1.2.3', '', false],
])('%s in %s: %s', (address, network, expected) => expect(inNetwork(address, network)).toBe(expected));
