import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { type FailureCode, failureCodes } from '#shared/failure-codes.ts';
import { codeOfFailure, codeOfOutput, exitCodes } from '../../../electron/cli/exit-codes.ts';

const endOf = (code: FailureCode): number => codeOfFailure(new Failure(code, 'It went wrong.'));
const all = Object.keys(failureCodes) as FailureCode[];
const thatEndWith = (exit: number): FailureCode[] => all.filter((code) => endOf(code) === exit);

describe('the exit code of a failure', () => {
  test('says that the call is wrong for these codes alone', () => {
    expect(thatEndWith(exitCodes.usage).toSorted()).toEqual([
      ...[
        'authority.account-not-confirmed',
        'certificate.not-confirmed',
        'group.unfit',
        'input.invalid',
        'key-store.password-unfit',
        'names.invalid',
        'usage',
      ],
    ]);
  });

  test('says that nothing is there for what is named so, and for an agent that does not answer', () => {
    const named = all.filter((code) => code.endsWith('.not-found'));
    expect(named).toContain('endpoint.not-found');
    expect(thatEndWith(exitCodes.notFound).toSorted()).toEqual(
      [
        ...named,
        'agent.not-running',
        'agent.unreachable',
        'database.missing',
        'service.not-installed',
      ].toSorted(),
    );
  });

  test.each<[FailureCode, number]>([
    ['connection.lost', exitCodes.tryLater],
    ['ssh.login-refused', exitCodes.failed],
    ['keychain.locked', exitCodes.failed],
    ['internal', exitCodes.failed],
  ])(
    'follows from whether to try again, but for the keychain and for faults: %s ends with %i',
    (code, exit) => {
      expect(endOf(code)).toBe(exit);
    },
  );

  test('follows what the place that throws knows better', () => {
    const ended = (options: ConstructorParameters<typeof Failure>[2]) =>
      codeOfFailure(new Failure('connection.lost', 'Gone.', options));
    expect(ended({ retry: 'never' })).toBe(exitCodes.failed);
    expect(ended({ retry: 'after', retryAt: 1 })).toBe(exitCodes.tryLater);
    expect(ended({ about: 'keychain' })).toBe(exitCodes.failed);
  });

  test('of another version follows from whether to try again', () => {
    const unknown = (retry: 'later' | 'never') =>
      codeOfFailure(Failure.from({ code: 'moon.not-found', sentence: 'No.', retry }));
    expect([unknown('later'), unknown('never')]).toEqual([exitCodes.tryLater, exitCodes.failed]);
  });
});

test('the exit code of status says that renewals are not checked or the key is not at hand, to whatever watches a server', () => {
  const status = (silentSince: number | null, state = 'ready') =>
    codeOfOutput('agent.status', { renewals: { lastCheckAt: 1, silentSince }, keychain: { state } });
  expect([status(null), status(null, 'opening')]).toEqual([exitCodes.ok, exitCodes.ok]);
  expect(status(1)).toBe(exitCodes.failed);
  for (const state of ['not-chosen', 'locked', 'missing', 'wrong', 'unavailable'])
    expect(status(null, state)).toBe(exitCodes.failed);
  expect(codeOfOutput('channels.test', { ok: false })).toBe(exitCodes.failed);
});
