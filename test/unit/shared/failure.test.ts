import { describe, expect, test } from 'vitest';
import { asFailure, Failure, failureData, isAboutConnection } from '#shared/failure.ts';
import { problemFailure } from '../../../electron/providers/authorities/acme/problems.ts';
import { fromLine, toLine } from '../../../electron/transport/failures.ts';

const refusedByCa = () =>
  problemFailure(
    { type: 'urn:ietf:params:acme:error:ofTheirOwn', detail: 'no', subproblems: undefined },
    { ca: 'ca.example', asked: 'the order', status: 403, retryAt: null, now: 0 },
  );

describe('what a failure is about', () => {
  test.each([
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

  test('a code that a peer has a part in says it itself', () => {
    expect(refusedByCa()).toMatchObject({ code: 'acme.of-their-own', about: 'authority' });
  });

  test('crosses a process line, also with a code that is in no table', () => {
    const arrived = fromLine(toLine(refusedByCa()));
    expect(arrived).toMatchObject({ code: 'acme.of-their-own', about: 'authority' });
  });

  test('stays when the sentence changes, and with it all that was not named', () => {
    const before = new Failure('acme.of-their-own', 'One.', {
      ...{ about: 'authority', hint: 'Wait.', retry: 'after', retryAt: 5, peerSaid: 'no' },
    });
    const after = before.saying('Two.', { cause: before });
    expect(after.toData()).toEqual({ ...before.toData(), sentence: 'Two.' });
    expect(after.cause).toBe(before);
  });

  test('what an earlier version stored still reads', () => {
    const stored = { code: 'ssh.host-key-changed', sentence: 'Another key.', retry: 'needs-person' };
    expect(failureData.parse(stored)).toEqual(stored);
  });

  test.each([
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
