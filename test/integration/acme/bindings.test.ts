import { describe, expect, test } from 'vitest';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { front, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const [first, second] = [
  { keyId: 'kid-1', hmacKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' },
  { keyId: 'kid-2', hmacKey: 'b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH' },
];
const bound = (to: { keyId: string; hmacKey: string }, state = memoryState()) => {
  state.keepSecret('eab-hmac', memoryState({ it: to.hmacKey }).secret('it') as never);
  return acme(front, { state, settings: { eabKeyId: to.keyId } });
};

describe.skipIf(!canRunPebble)('another external account binding', () => {
  preparePebbleBehind({ eab: true, moreBindings: { [second.keyId]: second.hmacKey } });

  // certimate-go/certimate#1442: the old account went on being used
  test('is a new account under a new key, at once and without an order', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    const before = await one.authority.account.look();
    const two = bound(second, one.state);
    await two.authority.takeUp();
    const after = await two.authority.account.look();
    expect(after).toMatchObject({ status: 'valid', eabKeyId: 'kid-2' });
    expect(after?.url).not.toBe(before?.url);
    expect(after?.thumbprint).not.toBe(before?.thumbprint);
    await obtain(two.authority, await makeTestOrder(['two.example']));
  });

  test('is the way out of a deactivated account', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    await one.authority.account.deactivate();
    await expect(untilDone(one.authority, await makeTestOrder(['no.example']))).rejects.toMatchObject({
      code: 'acme.account-not-valid',
    });
    await obtain(bound(second, one.state).authority, await makeTestOrder(['again.example']));
  });

  test('whose answer was lost registers one account, not two', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    let lost = false;
    front.misbehave(({ asked, payload }) => {
      if (lost || asked !== 'newAccount' || payload?.externalAccountBinding === undefined) return null;
      lost = true;
      return { lose: 'all' };
    });
    await expect(
      untilDone(bound(second, one.state).authority, await makeTestOrder(['lost.example'])),
    ).rejects.toMatchObject({ retry: 'later' });
    const registrations = () => front.asked.filter((one) => one === 'newAccount').length;
    const before = registrations();
    const again = bound(second, one.state);
    await obtain(again.authority, await makeTestOrder(['found.example']));
    expect(registrations() - before).toBe(1); // the one that asks whether the CA has the key
    expect((await again.authority.account.look())?.eabKeyId).toBe('kid-2');
  });

  test('that the CA refuses leaves the old account as it was', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    const before = await one.authority.account.look();
    const wrong = bound({ keyId: 'kid-9', hmacKey: second.hmacKey }, one.state);
    await expect(untilDone(wrong.authority, await makeTestOrder(['no.example']))).rejects.toMatchObject({
      retry: 'needs-person',
    });
    const back = bound(first, one.state);
    await obtain(back.authority, await makeTestOrder(['back.example']));
    expect(await back.authority.account.look()).toEqual(before);
  });

  test('the same key ID with its HMAC key written again changes nothing', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    const before = await one.authority.account.look();
    await obtain(bound(first, one.state).authority, await makeTestOrder(['two.example']));
    expect(await one.authority.account.look()).toEqual(before);
  });

  test('an account noted by a version that did not keep its binding goes on', async () => {
    const one = bound(first);
    await obtain(one.authority, await makeTestOrder(['one.example']));
    const { directoryUrl, url } = JSON.parse(one.state.note('account') ?? '') as Record<string, string>;
    one.state.keepNote('account', JSON.stringify({ directoryUrl, url }));
    await obtain(bound(second, one.state).authority, await makeTestOrder(['two.example']));
    expect((await bound(second, one.state).authority.account.look())?.url).toBe(url);
  });
});
