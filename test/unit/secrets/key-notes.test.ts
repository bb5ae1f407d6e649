import { expect, test } from 'vitest';
import { type KeyNotes, withLeftover, withoutLeftover } from '../../../electron/secrets/key-notes.ts';

const entry = (digit: string) => ({ kind: 'os-keychain' as const, path: null, keyId: digit.repeat(32) });
const notes: KeyNotes = {
  format: 1,
  storeUuid: 'b3c1e7a4-6f0d-4f3e-9a35-0f3a5b7c9d11',
  kind: 'os-keychain',
  path: null,
  keyId: 'f'.repeat(32),
  kcv: '',
  dataKey: '',
  recovery: '',
  recoveryKeyToShow: null,
  rows: 2,
  before: null,
  leftovers: [],
};

test('An entry that is left over is noted once, and only it is struck off again', () => {
  const both = withLeftover(withLeftover(withLeftover(notes, entry('1')), entry('2')), entry('1'));
  expect(both.leftovers.map(({ keyId }) => keyId[0])).toEqual(['2', '1']);
  expect(withoutLeftover(both, entry('2').keyId)).toEqual([entry('1')]);
  expect(withLeftover(notes, null)).toBe(notes);
});
