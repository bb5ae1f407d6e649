import type { FailureCode } from '#shared/failure-codes.ts';

/** What to do about a failure, by its code, where the window knows better than the sentence's source. */
export const hints: Readonly<Record<string, string>> = {
  'input.invalid': 'Correct the marked fields and send again.',
  'ssh.host-key-changed':
    'The connection may be intercepted. If the host was rebuilt, probe the endpoint: its checks offer to accept the new key.',
} satisfies Partial<Record<FailureCode, string>>;
