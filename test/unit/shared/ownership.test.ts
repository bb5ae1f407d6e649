import { describe, expect, test } from 'vitest';
import {
  type Ownership,
  octal,
  ownershipDifferences,
  ownerText,
  posix,
  rightsText,
} from '#shared/model/changes/ownership.ts';

const own = {
  system: 'posix' as const,
  ...{ owner: 'root', group: 'ssl', mode: 0o640, acl: null, attributes: null, label: null },
};
const windows: Ownership = {
  system: 'windows',
  owner: 'BUILTIN\\Administrators',
  acl: 'O:BAG:SY',
  attributes: null,
};

describe('owner and rights of a file', () => {
  test('are printed as people write them', () => {
    expect(octal(0o640)).toBe('0640');
    expect(octal(0o7)).toBe('0007');
    expect(octal(0o4755)).toBe('4755');
    expect(posix('root', 'ssl', 0o640)).toEqual(own);
    expect([ownerText(own), rightsText(own)]).toEqual(['root:ssl', '0640']);
    expect(rightsText({ ...own, acl: 'user:bob:r', label: 'cert_t' })).toBe(
      '0640, ACL user:bob:r, label cert_t',
    );
  });

  test('of Windows are what was read, and nothing is claimed of the rest', () => {
    expect([ownerText(windows), rightsText(windows)]).toEqual(['BUILTIN\\Administrators', 'ACL O:BAG:SY']);
    const unread: Ownership = { system: 'windows', owner: null, acl: null, attributes: null };
    expect([ownerText(unread), rightsText(unread)]).toEqual(['not read', 'not read']);
    expect(ownershipDifferences('c', unread, windows)).toEqual([]);
  });

  test.each<[string, Ownership, Ownership, string]>([
    ['owner', own, { ...own, owner: 'bob' }, 'f now belongs to bob:ssl instead of root:ssl'],
    ['group', own, { ...own, group: 'users' }, 'f now belongs to root:users instead of root:ssl'],
    ['mode', own, { ...own, mode: 0o644 }, 'f now has mode 0644 instead of 0640'],
    ['ACL', { ...own, acl: 'a' }, { ...own, acl: 'b' }, 'f now has the ACL b instead of a'],
    ['label', { ...own, label: 'a' }, own, 'f now has the label unread instead of a'],
    [
      'attributes',
      { ...own, attributes: 'i' },
      { ...own, attributes: '' },
      'f now has the attributes none instead of i',
    ],
    [
      'Windows owner',
      windows,
      { ...windows, owner: 'bob' },
      'f now belongs to bob instead of BUILTIN\\Administrators',
    ],
    ['Windows ACL', windows, { ...windows, acl: 'x' }, 'f now has the ACL x instead of O:BAG:SY'],
    ['system', own, windows, 'f now lies on another system (windows)'],
  ])('that differ in %s are told', (_what, before, now, sentence) => {
    expect(ownershipDifferences('f', before, now)).toEqual([sentence]);
    expect(ownershipDifferences('f', before, before)).toEqual([]);
  });
});
