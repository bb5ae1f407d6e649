import type { ChannelRow } from '#shared/contract/channels.ts';
import { Failure } from '#shared/failure.ts';
import type { Notification } from '#shared/model/notification.ts';
import { mailServerOnWrongPassword } from './said-by-others.ts';
import { hour, minute } from './world.ts';

/** As many as an administrator of many hosts has after a year, newest first. */
export function manyNotifications(now: number, number: number): Notification[] {
  return Array.from({ length: number }, (_, index) => ({
    id: `ntf_many${index}`,
    kind: 'succeeded',
    level: 'success',
    title: `Done: host ${index}`,
    sentence: 'Proved: 1 handshake showed the new key and the full chain.',
    ...{ taskId: null, approvalId: null, readAt: index < 5 ? null : now, at: now - index * minute },
  }));
}

/** One that delivers, and one that does not. */
export function someChannels(now: number): ChannelRow[] {
  const refused = new Failure('email.login-refused', 'mail.nordhafen.example:587 refused the login.', {
    hint: 'Check user and password, and whether the account may log in with a password.',
    peerSaid: mailServerOnWrongPassword,
  });
  return [
    {
      ...{ id: 'ch_1', name: 'chat', kind: 'webhook', createdAt: now, waiting: 0 },
      settings: { kind: 'webhook', url: 'https://hooks.nordhafen.example/trustkeep', trustedRootsPem: null },
      report: {
        ...{ at: now - 5 * minute, ok: true, failure: null, failingSince: null },
        sentence: 'hooks.nordhafen.example answered 204.',
      },
    },
    {
      ...{ id: 'ch_2', name: 'ops', kind: 'email', createdAt: now, waiting: 3 },
      settings: {
        ...{ kind: 'email', host: 'mail.nordhafen.example', port: 587, security: 'starttls' },
        ...{ from: 'trustkeep@nordhafen.example', to: ['ops@nordhafen.example', 'mara@nordhafen.example'] },
        ...{ user: 'trustkeep', trustedRootsPem: null },
      },
      report: {
        ...{ at: now - 2 * minute, ok: false, sentence: refused.message, failingSince: now - 2 * hour },
        failure: refused.toData(),
      },
    },
  ];
}
