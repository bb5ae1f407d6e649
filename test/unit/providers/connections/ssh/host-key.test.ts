import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  algorithmsToOffer,
  hostKeyChanged,
  readHostKey,
  rememberType,
} from '../../../../../electron/providers/connections/ssh/host-key.ts';

// ssh-keygen -lf says: 256 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (ED25519), GitHub's
const line = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('the host key', () => {
  test('is named as OpenSSH names it', () => {
    expect(readHostKey(Buffer.from(line, 'base64'))).toEqual({
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
      type: 'ssh-ed25519',
    });
    expect(readHostKey(Buffer.alloc(0)).type).toBe('');
  });
  test('is asked for as Ed25519 first and never with a SHA-1 signature', () => {
    expect(algorithmsToOffer(null, [])).toEqual([
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
  });
  test('is asked for in another type when the one shown was not the pinned one, until all were seen', () => {
    const types = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
    expect(algorithmsToOffer('SHA256:x', types)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(algorithmsToOffer('SHA256:x', [...types, 'ssh-rsa'])).toEqual([]);
  });
  test('is asked for in the type the pinned one was seen to have', () => {
    const fingerprint = `SHA256:${createHash('sha256').update('some key').digest('base64')}`;
    rememberType({ fingerprint, type: 'ssh-rsa' });
    expect(algorithmsToOffer(fingerprint, []).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
  });
  test('that changed is a failure with both fingerprints and the way to accept it', () => {
    const failure = hostKeyChanged('web1', 'SHA256:old', { fingerprint: 'SHA256:new', type: 'ssh-rsa' });
    expect(failure.code).toBe('ssh.host-key-changed');
    expect(failure.identity).toEqual({ pinned: 'SHA256:old', seen: 'SHA256:new' });
    expect(failure.message).toMatch(/web1.*expected SHA256:old, received SHA256:new/);
    expect(failure.hint).toContain('tls update <endpoint> --host_key accept');
    expect(failure.retry).toBe('needs-person');
  });
});
