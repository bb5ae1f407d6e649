import { describe, expect, test } from 'vitest';
import { bindingOf } from '../../../electron/agent/plans/binding.ts';
import { anEndpoint, anSshConnection } from '../../make/rows.ts';

const stored = { auth: 'credential-store', store: 'cs_1', storeCredentialId: 'web' } as const;
const bound = (change: Parameters<typeof anSshConnection>[0]) =>
  bindingOf(anEndpoint({ connection: anSshConnection(change) }), null);

describe('what a yes is bound to, with a credential of a store', () => {
  test('is the credential itself when the user name is its own', () => {
    const yes = bound({ ...stored, user: '' });
    expect(yes.connection).toBe('ssh web1.example:22, user of credential "web"');
    expect(bound({ ...stored, user: '', storeCredentialId: 'root' }).endpoint).not.toBe(yes.endpoint);
    expect(bound({ ...stored, user: '', store: 'cs_2' }).endpoint).not.toBe(yes.endpoint);
  });

  test('is the user, when one is given: a new secret for the same user is no other plan', () => {
    const yes = bound({ ...stored, user: 'deploy' });
    expect(yes.connection).toBe('ssh deploy@web1.example:22');
    expect(bound({ ...stored, user: 'deploy', storeCredentialId: 'other' })).toEqual(yes);
    expect(bound({ user: 'deploy' })).toEqual(yes);
  });
});
