import { expect, test } from 'vitest';
import type { AgentStatus } from '#shared/contract/agent.ts';
import type { ChannelRow } from '#shared/contract/channels.ts';
import { Failure } from '#shared/failure.ts';
import { aNotification } from '#test/make/rows.ts';
import { pausedPage, statusPage } from '../../../electron/cli/print/agent.ts';
import { channelPage, channelReportPage, channelTable } from '../../../electron/cli/print/channels.ts';
import { notificationCountPage, notificationTable } from '../../../electron/cli/print/notifications.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 30, 12);
const paper = { columns: null, unicode: true, now };

const status = (some: Partial<AgentStatus>): string => {
  const whole = {
    ...{ version: '1.0.0', startedAt: now - minute, face: 'headless', dataDirectory: '/data', pid: 7 },
    keychain: { kind: 'key-file', state: 'ready', sentence: 'It is ready.', recoveryKeyWaiting: false },
    ...{ pause: null, renewals: { lastCheckAt: now - 5 * minute, silentSince: null }, ...some },
  } as AgentStatus;
  return statusPage(whole, paper).find((line) => line.startsWith('Renewals')) ?? '';
};

test('status says when renewals were checked, that they no longer are, and until when they are paused', () => {
  expect(status({})).toMatch(/checked 5 minutes ago$/);
  expect(status({ renewals: { lastCheckAt: null, silentSince: null } })).toMatch(/not checked yet$/);
  const since = now - 50 * 60 * minute;
  expect(status({ renewals: { lastCheckAt: since, silentSince: since } })).toMatch(
    /ALARM: checked 2 days ago, too long ago\. Restart the agent\.$/,
  );
  const pause = { since: now, until: now + 60 * minute };
  expect(status({ pause })).toMatch(/; paused until 2026-11-30 13:00 UTC \(in 60 minutes\)$/);
  expect(pausedPage(pause, paper).join(' ')).toContain('To end the pause: trustkeep resume');
});

const refused = new Failure('email.login-refused', 'mail.example:587 refused the login.', {
  ...{ hint: 'Check user and password.', peerSaid: '535 no' },
});
const channel: ChannelRow = {
  ...{ id: 'ch_1', name: 'ops', kind: 'email', createdAt: now, waiting: 3 },
  settings: {
    ...{ kind: 'email', host: 'mail.example', port: 587, security: 'starttls', from: 'a@example.org' },
    ...{ to: ['b@example.org', 'c@example.org'], user: 'trustkeep', trustedRootsPem: null },
  },
  report: {
    ...{ at: now, ok: false, sentence: refused.message, failure: refused.toData() },
    failingSince: now - 2 * 60 * minute,
  },
};

test('channels say where they lead, whether they deliver and why not', () => {
  expect(channelTable([], paper)).toEqual(['There are no channels. Notifications stay on this machine.']);
  const [, line = ''] = channelTable([channel], paper);
  for (const part of [
    'ops',
    'b@example.org and 1 more by mail.example:587',
    '3',
    'failing since 2 hours ago',
  ])
    expect(line).toContain(part);
  const page = channelPage(channel, paper).join('\n');
  for (const part of ['mail.example:587 refused the login.', 'Check user and password.', 'trustkeep'])
    expect(page).toContain(part);
  expect(channelTable([{ ...channel, report: null }], paper)[1]).toContain('nothing was sent yet');
  if (channel.report === null) throw new Error('it has a report');
  expect(channelReportPage(channel.report).at(-1)).toBe('The server said: 535 no');
});

test('notifications are listed with their kind, and counted', () => {
  const [, first = ''] = notificationTable(
    [aNotification({ kind: 'restored', readAt: null, at: now })],
    paper,
  );
  expect(first).toMatch(/^\*.*restored/);
  const kinds = [{ kind: 'failed' as const, total: 12, unread: 3 }];
  const page = notificationCountPage({ kinds, actionRequired: 4, tasks: { live: 2, total: 9 } }, paper);
  expect(page.join('\n')).toMatch(/Action required\s+4[\s\S]*9 \(2 in progress\)[\s\S]*failed\s+12\s+3/);
});
