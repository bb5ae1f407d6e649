import { expect, test } from 'vitest';
import { causeOf } from '#kit/unexpected.ts';

test.each([[undefined], [{ password: 'hunter2' }], [7]])(
  'an error whose message is %j is told without it',
  (message) => {
    const thrown = Object.assign(new Error('x'), { message });
    expect(causeOf(thrown)).toMatch(/^Error: \(no message\)/);
  },
);
