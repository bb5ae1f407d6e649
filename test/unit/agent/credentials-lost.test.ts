import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { makeCredentialReader } from '../../../electron/agent/credentials.ts';
import type { CredentialStore } from '../../../electron/providers/credential-stores/credential-store.ts';

const refusing = (failure: Failure): CredentialStore => ({
  description: 'the vault',
  verify: async () => ({ ok: false, checks: [], at: 0 }),
  read: () => Promise.reject(failure),
  close: async () => {},
});

describe('a store that refuses its login', () => {
  test.each([
    ['credential-store.login-refused', true],
    ['credential-store.no-secret', true],
    ['credential-store.wrapping-used', true],
    ['credential-store.sealed', false],
    ['credential.denied', false],
    ['net.refused', false],
  ] as const)('is told of when it is that (%s: %s)', async (code, told) => {
    const lost: unknown[] = [];
    const watched = makeCredentialReader({
      store: () => refusing(new Failure(code, 'It said no.')),
      lost: (id, why) => void lost.push([id, why.code]),
      clock: systemClock,
      log: silentLog,
    });
    await expect(watched.read('cs_1', 'web')).rejects.toThrow('It said no.');
    expect(lost).toEqual(told ? [['cs_1', code]] : []);
  });
});
