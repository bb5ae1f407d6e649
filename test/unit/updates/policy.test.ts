import { describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import {
  type PolicyPlace,
  policyPath,
  readPolicy,
  type UpdatePolicy,
} from '../../../electron/updates/policy.ts';

const file = '/etc/trustkeep/policy.json';

function policyOf(text: string | null, more: Partial<PolicyPlace> = {}): UpdatePolicy | string {
  try {
    return readPolicy({
      platform: 'linux',
      env: {},
      read: (path) => (path === file ? text : null),
      isAdministrators: () => true,
      ...more,
    });
  } catch (error) {
    return asFailure(error).code;
  }
}

describe('the policy', () => {
  test('is nothing where there is none', () => {
    expect(policyOf(null)).toEqual({});
    expect(policyOf('{}')).toEqual({});
    expect(policyOf('{"other":1}')).toEqual({});
  });

  test('of a file names the file, and wins over the environment', () => {
    const env = { TRUSTKEEP_AUTOUPDATE: 'on', TRUSTKEEP_UPDATE_CHANNEL: 'beta' };
    expect(policyOf('{"autoupdate":{"enabled":false}}', { env })).toEqual({
      enabled: { value: false, by: file },
      channel: { value: 'beta', by: 'the environment (TRUSTKEEP_UPDATE_CHANNEL)' },
    });
  });

  test.each([
    ['on', true],
    ['1', true],
    ['enabled', true],
    ['off', false],
    ['0', false],
    ['whatever', false],
  ])('of the environment: TRUSTKEEP_AUTOUPDATE=%s means %s', (word, value) => {
    expect(policyOf(null, { env: { TRUSTKEEP_AUTOUPDATE: word } })).toMatchObject({ enabled: { value } });
  });

  test.each([
    '{',
    '[]',
    '{"autoupdate":{"enabled":"no"}}',
    '{"autoupdate":{"enable":false}}',
    '{"autoupdate":{"window":"at night"}}',
  ])('that cannot be understood switches updates off: %s', (text) => {
    expect(policyOf(text)).toBe('update.policy-unreadable');
  });

  test('that another account can change does not count, and switches updates off', () => {
    expect(policyOf('{}', { isAdministrators: () => false })).toBe('update.policy-unreadable');
  });

  test('that cannot be read switches updates off', () => {
    const read = () => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    expect(policyOf(null, { read })).toBe('update.policy-unreadable');
  });

  test('of the environment with a wrong value switches updates off', () => {
    expect(policyOf(null, { env: { TRUSTKEEP_UPDATE_CHANNEL: 'nightly' } })).toBe('update.policy-unreadable');
  });

  test('is where administrators put such files', () => {
    expect(policyPath({ platform: 'linux', env: {} })).toBe(file);
    const env = {
      ProgramData: 'D:\\Data',
      CommonProgramFiles: 'D:\\Programs (x86)',
      CommonProgramW6432: 'D:\\Programs',
    };
    expect(policyPath({ platform: 'win32', env })).toBe('D:\\Programs\\Trustkeep\\policy.json');
    expect(policyPath({ platform: 'win32', env: {} })).toBe(
      'C:\\Program Files\\Common Files\\Trustkeep\\policy.json',
    );
  });
});
