import { describe, expect, it, test } from 'vitest';
import { firstFew, firstOf } from '#shared/model/first-of.ts';
import { aCertificate, anOrder } from '#test/make/certificate-rows.ts';
import { anApproval } from '#test/make/task-rows.ts';
import { certificatePage, certificateTable, orderTable } from '../../../electron/cli/print/certificates.ts';
import { approvalTable } from '../../../electron/cli/print/plan.ts';

const names = Array.from({ length: 40 }, (_, at) => `shop-${at + 1}.example`);
const piped = { columns: null, unicode: true, now: 0 };
const short = 'shop-1.example, shop-2.example, shop-3.example and 37 more';

describe('forty names', () => {
  const certificate = aCertificate('many', { names });
  const usedBy = names.map((name) => ({ name }));
  const approval = anApproval();

  it.each([
    ['certificates', certificateTable([{ ...certificate, usedBy }], piped)],
    ['orders', orderTable([{ ...anOrder({ names }), number: 7 }], piped)],
    ['plans', approvalTable([{ ...approval, plan: { ...approval.plan, names } }], piped)],
  ])('are a few and a number in a table of %s, even where nobody cuts it', (_, lines) => {
    expect(lines.join('\n')).toContain(short);
    expect(lines.join('\n')).not.toContain('shop-4.example');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(320);
  });

  it('are whole on the page of one', () => {
    expect(certificatePage(certificate, piped).join('\n')).toContain(names.join(', '));
  });
});

test('One more is named rather than counted', () => {
  expect(firstOf([])).toBe('');
  expect(firstOf(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  expect(firstOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  expect(firstFew([1, 2, 3], 1)).toEqual([1]);
});
