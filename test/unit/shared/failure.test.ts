import { describe, expect, test } from 'vitest';
import { asFailure, Failure, failureData, isAboutConnection } from '#shared/failure.ts';
import { type FailureCode, failureChapters, failureCodes } from '#shared/failure-codes.ts';
import { problemFailure } from '../../../electron/providers/authorities/acme/problems.ts';
import { fromLine, toLine } from '../../../electron/transport/failures.ts';

const refusedByCa = () =>
  problemFailure(
    { type: 'urn:ietf:params:acme:error:ofTheirOwn', detail: 'no', subproblems: undefined },
    { ca: 'ca.example', asked: 'the order', status: 403, retryAt: null, now: 0 },
  );

test('a peer that printed nothing but blanks said nothing', () => {
  const told = (peerSaid: string) => new Failure('endpoint.restart-failed', 'No.', { peerSaid }).peerSaid;
  expect([told(''), told(' \n'), told('no')]).toEqual([undefined, undefined, 'no']);
});

describe('what a failure is about', () => {
  test.each<[FailureCode, string]>([
    ['connection.lost', 'line'],
    ['ssh.login-refused', 'login'],
    ['ssh.host-key-changed', 'identity'],
    ['keychain.wrong', 'keychain'],
    ['net.tls-date', 'tls'],
    ['proxy.login-needed', 'proxy-login'],
    ['node.not-found', 'other'],
  ])('%s is about %s', (code, about) => {
    expect(new Failure(code, 'It went wrong.').about).toBe(about);
  });

  test('a refusal by a CA in its own words is about the authority', () => {
    expect(refusedByCa()).toMatchObject({ code: 'acme.refused', about: 'authority' });
  });

  test('crosses a process line, also with a code that this version does not list', () => {
    const told = {
      code: 'acme.of-their-own',
      sentence: 'No.',
      retry: 'after',
      about: 'authority',
      retryAt: 5,
    } as const;
    for (const failure of [
      refusedByCa(),
      Failure.from(told),
      Failure.from({ ...told, code: 'of-another.version' }),
    ])
      expect(fromLine(toLine(failure))?.toData()).toEqual(failure.toData());
    expect(Failure.from(told).toData()).toEqual(told);
  });

  test('stays when the sentence changes, and with it all that was not named', () => {
    const before = new Failure('acme.refused', 'One.', {
      ...{ about: 'authority', hint: 'Wait.', retry: 'after', retryAt: 5, peerSaid: 'no' },
    });
    const after = before.saying('Two.', { cause: before });
    expect(after.toData()).toEqual({ ...before.toData(), sentence: 'Two.' });
    expect(after.cause).toBe(before);
  });

  test('keeps who answered instead of whom, over a line and in other words', () => {
    const identity = { pinned: 'SHA256:old', seen: 'SHA256:new' };
    const failure = new Failure('ssh.host-key-changed', 'Another key.', { identity });
    expect(failure.toData()).toMatchObject({ about: 'identity', identity });
    expect(fromLine(toLine(failure))?.identity).toEqual(identity);
    expect(failure.saying('It is another one.').identity).toEqual(identity);
    expect(new Failure('ssh.host-key-changed', 'Another key.').toData()).not.toHaveProperty('identity');
  });

  test('what an earlier version stored still reads', () => {
    const stored = { code: 'ssh.host-key-changed', sentence: 'Another key.', retry: 'needs-person' };
    expect(failureData.parse(stored)).toEqual(stored);
  });

  test('what an earlier version stored under another code is what it is called now, in its own words', () => {
    const stored = {
      code: 'target.drifted',
      sentence: 'It changed: shop.crt.',
      retry: 'needs-person',
    } as const;
    expect(failureData.parse(stored)).toEqual(stored);
    expect(Failure.from(stored).toData()).toEqual({ ...stored, code: 'endpoint.drifted' });
    expect(failureCodes).toHaveProperty(['endpoint.drifted']);
    expect(failureCodes).not.toHaveProperty(['target.drifted']);
  });

  test.each<[FailureCode, boolean]>([
    ['connection.lost', true],
    ['ssh.password-expired', true],
    ['ssh.host-key-changed', true],
    ['net.lost', false],
    ['file.missing', false],
    ['keychain.locked', false],
  ])('the connection to a host is the trouble with %s: %s', (code, is) => {
    expect(isAboutConnection(new Failure(code, 'It went wrong.'))).toBe(is);
  });

  test('something unknown is about nothing anybody decides by', () => {
    expect(asFailure(new Error('boom')).about).toBe('other');
  });
});

describe('the list of codes', () => {
  test('says whether to try again, and the place that throws may know better', () => {
    expect(new Failure('connection.lost', 'Gone.').retry).toBe('later');
    expect(new Failure('connection.lost', 'Gone.', { retry: 'never' }).retry).toBe('never');
    expect(new Failure('ssh.login-refused', 'No.').retry).toBe('needs-person');
  });

  test('has no code in two chapters, and none that could not be stored', () => {
    const all = Object.values(failureChapters).flatMap((chapter) => Object.keys(chapter));
    expect(all.toSorted()).toEqual(Object.keys(failureCodes).toSorted());
    const data = (code: string) => ({ code, sentence: 'It went wrong.', retry: 'never' });
    expect(all.filter((code) => !failureData.safeParse(data(code)).success)).toEqual([]);
  });
});
