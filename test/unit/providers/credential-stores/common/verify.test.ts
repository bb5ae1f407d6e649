import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { Http } from '../../../../../electron/net/http.ts';
import type { Reach } from '../../../../../electron/net/reach.ts';
import {
  makeVerify,
  type VerifyParts,
} from '../../../../../electron/providers/credential-stores/common/verify.ts';

const yes = (name: CheckName): ProbeCheck => ({ name, ok: true, sentence: `${name} works` });
const open: Reach = {
  ok: true,
  way: 'direct',
  steps: [yes('resolve'), yes('connect'), yes('tls')],
  certificate: null,
  interceptedBy: null,
  failure: null,
};

function verify(reach: Reach, parts: Partial<VerifyParts> = {}) {
  const http: Http = {
    request: () => Promise.reject(new Error('nothing is asked')),
    reach: async () => reach,
    close: async () => {},
  };
  return makeVerify({
    http,
    url: 'https://x.example',
    trustedRootsPem: null,
    clock: systemClock,
    logIn: async () => 'in',
    read: async () => 'read',
    ...parts,
  });
}
const shape = async (run: ReturnType<typeof verify>) =>
  (await run()).checks.map(({ name, ok, sentence }) => [name, ok, sentence]);

describe('the verification of a store', () => {
  test('goes the whole way, and says what each step found', async () => {
    expect(await shape(verify(open))).toEqual([
      ['resolve', true, 'resolve works'],
      ['connect', true, 'connect works'],
      ['tls', true, 'tls works'],
      ['log-in', true, 'in'],
      ['read', true, 'read'],
    ]);
  });

  test('ends with the login when there is nothing to read', async () => {
    const report = await verify(open, { read: null })();
    expect(report.ok).toBe(true);
    expect(report.checks.at(-1)?.name).toBe('log-in');
  });

  test('stops on the way, with the failure, what the peer said and what to do', async () => {
    const failure = new Failure('net.refused', 'Nothing listens.', {
      hint: 'Start it.',
      peerSaid: 'go away',
    });
    const steps: ProbeCheck[] = [yes('route'), { name: 'proxy', ok: false, sentence: 'no' }, yes('tls')];
    expect(await shape(verify({ ...open, ok: false, steps, failure }))).toEqual([
      ['route', true, 'route works'],
      ['proxy', false, 'Nothing listens. It answered: "go away". Start it.'],
    ]);
  });

  test('stops at a refused login without reading', async () => {
    const logIn = () =>
      Promise.reject(new Failure('credential-store.login-refused', 'No.', { hint: 'Ask.' }));
    const read = () => Promise.reject(new Error('must not be reached'));
    expect((await shape(verify(open, { logIn, read }))).at(-1)).toEqual(['log-in', false, 'No. Ask.']);
  });

  test('tells of a certificate that cannot be used as part of TLS', async () => {
    const clientCertificate = () => {
      throw new Failure('keychain.locked', 'The keychain is locked.');
    };
    expect(await shape(verify(open, { clientCertificate }))).toEqual([
      ['tls', false, 'The keychain is locked.'],
    ]);
  });

  test('rejects with the reason of the signal alone', async () => {
    const giveUp = new AbortController();
    const logIn = async () => {
      giveUp.abort(new Error('given up'));
      throw new Failure('net.lost', 'Lost.');
    };
    await expect(verify(open, { logIn })(giveUp.signal)).rejects.toThrow('given up');
  });
});
