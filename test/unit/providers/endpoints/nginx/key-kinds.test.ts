import { describe, expect, it } from 'vitest';
import { onlyKeysOf } from '../../../../../electron/providers/endpoints/nginx/key-kinds.ts';
import type { PlanFacts } from '../../../../../electron/providers/endpoints/nginx/plan-facts.ts';

const familyFor = (ciphers: string | null, protocols: string[] | null, version = 'nginx/1.22.1') => {
  const server = { pairs: [], ciphers, protocols };
  const facts = { chosen: { pair: null, server }, program: { version }, read: () => null };
  return onlyKeysOf(facts as unknown as PlanFacts)?.family ?? null;
};
const old = ['TLSv1.2'];

describe('the kinds of key a server block can serve', () => {
  it.each([
    ['ECDHE-RSA-AES128-GCM-SHA256', 'rsa'],
    ['ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA:AES128-SHA:!aNULL', 'rsa'],
    ['ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-CHACHA20-POLY1305', 'ecdsa'],
    ['ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256', null],
    ['HIGH:!aNULL:!MD5', null],
    ['HIGH:!aECDSA:!aNULL', 'rsa'],
    ['HIGH:!aNULL:!RSA', null],
    ['EECDH+AESGCM:!aRSA', 'ecdsa'],
    ['@SECLEVEL=1:ECDHE-RSA-AES128-SHA', 'rsa'],
    [null, null],
  ])('by ssl_ciphers %s: %s', (ciphers, family) => {
    expect(familyFor(ciphers, old)).toBe(family);
  });

  it('are all of them once TLS 1.3 is on, by configuration or by itself', () => {
    const rsa = 'ECDHE-RSA-AES128-GCM-SHA256';
    expect(familyFor(rsa, ['TLSv1.2', 'TLSv1.3'])).toBeNull();
    expect(familyFor(rsa, null, 'nginx/1.22.1')).toBe('rsa');
    expect(familyFor(rsa, null, 'nginx/1.23.4')).toBeNull();
    expect(familyFor(rsa, null, 'openresty/1.27.1')).toBeNull();
  });
});
