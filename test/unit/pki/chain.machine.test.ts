import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { normalizedChainPem, orderChain } from '../../../electron/pki/chain.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';

const root = makeCa();
const upper = makeCa({ signedBy: root, commonName: 'Upper' });
const lower = makeCa({ signedBy: upper, commonName: 'Lower' });
const leaf = makeLeaf(lower, { names: ['www.example.org'] });
const whole = [leaf.certPem, lower.certPem, upper.certPem];
const stranger = makeCa({ commonName: 'Stranger' });
const strange = makeCa({ signedBy: stranger, commonName: 'Strange intermediate' });

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

describe('a chain', () => {
  test('comes leaf first and without its root, whatever order it is given in', () => {
    for (const given of permutations([...whole, root.certPem, leaf.certPem])) {
      expect(orderChain(given)).toEqual({ chain: whole, unused: [root.certPem] });
      expect(normalizedChainPem(given.join('\r\n'))).toBe(whole.join(''));
    }
  });

  test('of a root alone is that root', () => {
    expect(orderChain([root.certPem])).toEqual({ chain: [root.certPem], unused: [] });
    expect(normalizedChainPem(root.certPem)).toBe(root.certPem);
  });

  test('of nothing is nothing', () => {
    expect(orderChain([])).toEqual({ chain: [], unused: [] });
    expect(normalizedChainPem('no certificate here')).toBe('');
  });

  test('does not hold strangers', () => {
    expect(orderChain([strange.certPem, ...whole, stranger.certPem])).toEqual({
      chain: whole,
      unused: [strange.certPem, stranger.certPem],
    });
  });

  test('goes by key and signature where two issuers have the same name', () => {
    const twin = makeCa({ signedBy: root, commonName: 'Lower' });
    expect(orderChain([twin.certPem, upper.certPem, lower.certPem, leaf.certPem]).chain).toEqual(whole);
  });

  test('holds one of two cross-signed certificates and may go through a cross-signed root', () => {
    const otherRoot = makeCa({ commonName: 'Other root' });
    const crossed = makeCa({ signedBy: otherRoot, commonName: 'Test root', keyOf: root });
    const given = [
      leaf.certPem,
      lower.certPem,
      upper.certPem,
      root.certPem,
      crossed.certPem,
      otherRoot.certPem,
    ];
    expect(orderChain(given).chain).toEqual([...whole, crossed.certPem]);
    const lowerAgain = makeCa({ signedBy: otherRoot, commonName: 'Lower', keyOf: lower });
    expect(orderChain([leaf.certPem, lowerAgain.certPem, lower.certPem, upper.certPem])).toEqual({
      chain: [leaf.certPem, lowerAgain.certPem],
      unused: [lower.certPem, upper.certPem],
    });
    expect(normalizedChainPem(leaf.certPem + lowerAgain.certPem + lower.certPem + upper.certPem)).toBe(
      leaf.certPem + lowerAgain.certPem,
    );
  });

  test('ends where two authorities signed each other', () => {
    const one = makeCa({ commonName: 'One' });
    const two = makeCa({ commonName: 'Two' });
    const oneByTwo = makeCa({ commonName: 'One', keyOf: one, signedBy: two });
    const twoByOne = makeCa({ commonName: 'Two', keyOf: two, signedBy: one });
    const below = makeLeaf(one, { names: ['a.example.org'] });
    expect(orderChain([twoByOne.certPem, oneByTwo.certPem, below.certPem]).chain).toEqual([
      below.certPem,
      oneByTwo.certPem,
      twoByOne.certPem,
    ]);
    expect(orderChain([twoByOne.certPem, oneByTwo.certPem]).chain).toHaveLength(2);
  });

  test('that misses an intermediate keeps what is left of it, so that the gap is seen', () => {
    expect(certificatesOf(normalizedChainPem(leaf.certPem + upper.certPem))).toEqual([
      leaf.certPem,
      upper.certPem,
    ]);
    expect(certificatesOf(normalizedChainPem(root.certPem + leaf.certPem))).toEqual([
      leaf.certPem,
      root.certPem,
    ]);
  });

  test('that a given root closes drops strangers', () => {
    expect(normalizedChainPem(strange.certPem + root.certPem + whole.join(''))).toBe(whole.join(''));
  });
});
