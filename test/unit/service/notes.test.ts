import { expect, test } from 'vitest';
import { notesAfterInstall } from '../../../electron/service/verbs.ts';

const notesOf = (dataDirectory: string, kind: 'key-file' | 'os-keychain' = 'key-file') =>
  notesAfterInstall({ kind, path: '/etc/trustkeep/master.key' }, 'trustkeep', {
    ...{ dataDirectory, group: null, start: true },
  }).join('\n');

test.skipIf(process.platform !== 'linux')('commands are said to reach the service by words that do', () => {
  const usual = notesOf('/var/lib/trustkeep');
  expect(usual).toContain('reach it with --system: sudo -u trustkeep trustkeep status --system\n');
  expect(usual).toContain('secrets recovery-key --system');
  const elsewhere = notesOf('/srv/own data') + notesOf('/srv/own data', 'os-keychain');
  expect(elsewhere).toContain('sudo -u trustkeep trustkeep status --data-directory "/srv/own data"');
  expect(elsewhere).toContain('secrets recovery-key --data-directory "/srv/own data"');
  expect(elsewhere).not.toContain('--system');
});
