import { describe, expect, test } from 'vitest';
import { connectionTypes } from '#shared/model/endpoint.ts';
import { usable } from '../../../../electron/providers/connections/registry.ts';

describe('the registry of connections', () => {
  test('says of every type whether it works, and what to use instead', () => {
    const answers = Object.fromEntries(connectionTypes.map((type) => [type, usable(type)]));
    expect(answers.local).toEqual({ yes: true });
    expect(answers.ssh).toEqual({ yes: true });
    expect(answers.winrm_https).toEqual({
      yes: false,
      why: 'winrm_https is not supported by this version; use local or ssh',
    });
    expect(Object.values(answers).filter((answer) => answer.yes)).toHaveLength(2);
  });
});
