import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeTestAcme, type TestAcme } from '#test/make/acme.ts';
import type { AcmeHandle, Provision } from '../../../../../electron/providers/authorities/acme/handle.ts';

const names = ['a.example', 'b.example'];
const put = (name: string, letter: string): Provision => ({
  ...{ by: 'web-root', name, challengeUrl: `https://ca.example/${letter}` },
  keyAuthorization: `${letter}.${letter.repeat(43)}`,
});
const [first, second] = [put('a.example', 'a'), put('b.example', 'b')];
const handle: AcmeHandle = {
  ...{ version: 1, phase: 'placed', orderUrl: 'https://ca.example/order', certificateUrl: null },
  ...{ answeredAt: 1, progressAt: 1, replaced: 0, absent: 0, shown: null, provisions: [first, second] },
};

let acme: TestAcme;
let removed: string[];
let remembered: unknown;
let stuck: string | null;
beforeEach(() => {
  acme = makeTestAcme({ directoryUrl: 'https://ca.example/directory', rootPem: '' });
  [removed, remembered, stuck] = [[], null, null];
});
afterEach(() => acme.close());

function cleanUp(what?: 'all' | 'own listeners') {
  const webRoot = {
    put: async () => {},
    async remove(path: string) {
      if (path === stuck) throw new Failure('file.read-only', 'The disk is read-only.');
      removed.push(path);
    },
  };
  const remember = (now: unknown) => {
    remembered = now;
  };
  const tools = { webRoot, remember, signal: new AbortController().signal };
  return acme.authority.cleanUp(handle, { names }, tools, what);
}
const file = (letter: string) => `/.well-known/acme-challenge/${letter}`;

describe('clearing up what proved control', () => {
  test('removes all of it, and remembers that', async () => {
    expect(await cleanUp()).toEqual([]);
    expect(removed).toEqual([file('a'), file('b')]);
    expect(remembered).toMatchObject({ provisions: [] });
  });

  test('tells what could not be removed and remembers that alone, and goes on with the rest', async () => {
    stuck = file('a');
    expect(await cleanUp()).toMatchObject([
      {
        what: `the challenge file ${file('a')} for a.example`,
        because: { message: 'The disk is read-only.' },
      },
    ]);
    expect(removed).toEqual([file('b')]);
    expect(remembered).toMatchObject({ provisions: [first] });
  });

  test('removes no file by settings that nobody approved, and remembers that all of it is there', async () => {
    const left = await cleanUp('own listeners');
    expect(left.map(({ because }) => because.code)).toEqual([
      'approval.settings-changed',
      'approval.settings-changed',
    ]);
    expect(removed).toEqual([]);
    expect(remembered).toMatchObject({ provisions: [first, second] });
  });
});
