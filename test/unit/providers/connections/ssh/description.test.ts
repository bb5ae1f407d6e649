import { expect, test } from 'vitest';
import { described } from '#shared/model/connection.ts';

const unpinned = { auth: 'password', hostKey: null, store: null, storeCredentialId: null } as const;
const settings = { type: 'ssh', port: 2222, user: 'deploy', ...unpinned } as const;

test('a connection over SSH is described with user, host and port, an IPv6 address in brackets', () => {
  expect(described({ ...settings, host: 'web1' })).toBe('ssh deploy@web1:2222');
  expect(described({ ...settings, host: '::1' })).toBe('ssh deploy@[::1]:2222');
});
