import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { authorityRetries, quickRetries, waitBefore } from '../../../electron/agent/tasks/retry.ts';

const later = new Failure('internal', 'later', { retry: 'later' });

describe('waits between attempts', () => {
  test('what a person must mend is not tried again', () => {
    for (const retry of ['never', 'needs-person'] as const)
      expect(waitBefore(quickRetries, 1, new Failure('internal', 'no', { retry }), 0)).toBeNull();
  });

  test('the table ends, unless its last row repeats', () => {
    expect(waitBefore(quickRetries, quickRetries.length, later, 0)).toEqual(quickRetries.at(-1));
    expect(waitBefore(quickRetries, quickRetries.length + 1, later, 0)).toBeNull();
    expect(waitBefore(authorityRetries, 99, later, 0, true)).toEqual(authorityRetries.at(-1));
  });

  test('the time the peer named wins when it is later than the table', () => {
    const after = new Failure('internal', 'after', { retry: 'after', retryAt: 500_000 });
    expect(waitBefore(quickRetries, 1, after, 100_000)?.afterMs).toBe(400_000);
    expect(waitBefore(quickRetries, 1, after, 499_999)?.afterMs).toBe(quickRetries[0]?.afterMs);
  });
});
