import { expect, test } from 'vitest';
import { pairOf, pairText } from '../../../../../electron/providers/endpoints/f5/chain-text.ts';
import { destinationOf } from '../../../../../electron/providers/endpoints/f5/destinations.ts';

test.each([
  ['/Common/10.0.0.1:443', '10.0.0.1', 443, 0],
  ['/Common/10.0.0.1%2:8443', '10.0.0.1', 8443, 2],
  ['/Tenant/app/10.0.0.1:https', '10.0.0.1', 443, 0],
  ['/Common/2001:db8::1.443', '2001:db8::1', 443, 0],
  ['/Common/2001:db8::1%7.443', '2001:db8::1', 443, 7],
  ['/Common/0.0.0.0:443', null, 443, 0],
  ['/Common/any6.443', null, 443, 0],
  ['/Common/any:0', null, null, 0],
  ['/Common/10.0.0.1:any', '10.0.0.1', null, 0],
  ['/Common/my-address:443', null, 443, 0],
])('where %s is', (text, address, port, routeDomain) => {
  expect(destinationOf(text)).toMatchObject({ address, port, routeDomain });
});

const own = { cert: '/Common/trustkeep_shop_default_3.crt', key: '/Common/trustkeep_shop_default_3.key' };
const ownChain = '/Common/trustkeep_shop_default_3-chain.crt';

test.each([
  [{ cert: '/Common/a.crt', key: '/Common/a.key', chain: null }, false],
  [{ cert: '/Common/a.crt', key: '/Common/a b.key', chain: '/Common/ca.crt' }, false],
  [{ ...own, chain: null }, false],
  [{ ...own, chain: ownChain }, true],
  [{ ...own, chain: '/Common/other.crt' }, true],
])('a pair is read again from how a plan writes it (%j)', async (pair, hasChain) => {
  const asked: string[] = [];
  const has = async (path: string) => {
    asked.push(path);
    return hasChain;
  };
  expect(await pairOf(pairText(pair), has)).toEqual(pair);
  expect(asked.every((path) => path === ownChain)).toBe(true);
});

test('what is written in no such way is no pair', async () => {
  expect(await pairOf('none', async () => true)).toBeNull();
});
