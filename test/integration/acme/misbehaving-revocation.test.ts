import { describe, expect, test } from 'vitest';
import { makeTestOrder, obtain } from '../../make/acme.ts';
import { front, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble)('a revocation', () => {
  preparePebbleBehind();

  async function issued() {
    const { authority } = acme(front);
    const leafPem = await obtain(authority, await makeTestOrder(['lost.example']));
    return () => authority.revoke({ leafPem, reason: 'superseded', key: null });
  }

  test('whose answer was lost is not sent twice, and asking again tells that it was done', async () => {
    const revoke = await issued();
    front.misbehave(({ asked }) => (asked === 'revokeCert' ? { lose: 'all' } : null));
    await expect(revoke()).rejects.toMatchObject({ code: 'net.lost' });
    expect(front.asked.filter((asked) => asked === 'revokeCert').length).toBe(1);
    front.misbehave(null);
    expect(await revoke()).toBe('already');
  });

  test('for a reason that the CA does not take is refused with what to choose', async () => {
    const revoke = await issued();
    const type = 'urn:ietf:params:acme:error:badRevocationReason';
    front.misbehave(({ asked }) =>
      asked === 'revokeCert'
        ? { answer: 400, body: { type, detail: 'disallowed revocation reason: 4' } }
        : null,
    );
    await expect(revoke()).rejects.toMatchObject({
      code: 'acme.bad-revocation-reason',
      peerSaid: 'disallowed revocation reason: 4',
      hint: expect.stringContaining('Choose another reason'),
    });
  });

  test('at a CA whose directory names no address for it says so', async () => {
    const { authority } = acme(front);
    const leafPem = await obtain(acme(front).authority, await makeTestOrder(['none.example']));
    front.misbehave(({ asked }) => (asked === 'directory' ? { change: { revokeCert: null } } : null));
    await expect(authority.revoke({ leafPem, reason: 'superseded', key: null })).rejects.toMatchObject({
      code: 'acme.not-offered',
    });
  });
});
