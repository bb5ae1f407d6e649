import { expect, it } from 'vitest';
import { anApproval, makeTask } from '#test/make/task-rows.ts';
import { planPage } from '../../../electron/cli/print/plan.ts';
import { taskPage, taskTable } from '../../../electron/cli/print/tasks.ts';

it('A plan says what it takes over from another program', () => {
  const { plan } = anApproval();
  const takesOver = [{ who: 'certbot', evidence: '', files: [], sentence: 'certbot will replace it again.' }];
  const paper = planPage({ ...plan, install: { ...plan.install, takesOver } }).join('\n');
  expect(paper).toContain('  Managed by another program\n    certbot will replace it again.');
  expect(planPage(plan).join('\n')).not.toContain('another program');
});

it('A plan says whether the server would start from nothing, unless an earlier version made it', () => {
  const { plan } = anApproval();
  const coldStart = { proved: false, sentence: 'Not proved: nginx is not running.' };
  const paper = planPage({ ...plan, install: { ...plan.install, coldStart } }).join('\n');
  expect(paper).toContain('  Cold start\n    Not proved: nginx is not running.');
  const { coldStart: _none, ...earlier } = plan.install;
  expect(planPage({ ...plan, install: earlier }).join('\n')).not.toContain('Cold start');
});

it('A plan shows a line that goes without an empty one in its place', () => {
  const { plan } = anApproval();
  const replaces = { path: '/etc/a.conf', start: 10, end: 20, text: '' };
  const line = { path: '/etc/a.conf', line: 3, before: 'Chain x', after: '', replaces };
  const changes = [{ kind: 'configuration-line' as const, ...line }];
  expect(planPage({ ...plan, install: { ...plan.install, changes } }).join('\n')).toContain(
    '    /etc/a.conf, line 3\n      - Chain x\n      Bytes 10 to 19 of /etc/a.conf are removed.\n',
  );
});

it('A plan says of an object what it holds and how it is set, and nothing of what it has not got', () => {
  const { plan } = anApproval();
  const state = (content: string | null, members = {}) => ({ content, members });
  const object = { kind: 'remote-object' as const, path: '/tm/x' };
  const changes = [
    { ...object, holds: 'private-key' as const, before: null, after: state(null) },
    { ...object, holds: 'settings' as const, before: state(null, { cert: '/a' }), after: state(null) },
  ];
  const paper = planPage({ ...plan, install: { ...plan.install, changes } }).join('\n');
  expect(paper).toMatch(/^ +after {2}known later$/m);
  expect(paper).toMatch(/^ +before cert \/a\n +after {2}none$/m);
});

it('A plan says below which directory challenge files are put, where they are', () => {
  const { plan } = anApproval();
  const paper = planPage({ ...plan, webRoot: '/srv/www' }).join('\n');
  expect(paper).toContain('below /srv/www on the endpoint');
  for (const webRoot of [null, undefined])
    expect(planPage({ ...plan, webRoot }).join('\n')).not.toContain('Challenge files');
});

it('A plan names the authority that takes the order when the first one cannot, where there is one', () => {
  const { plan } = anApproval();
  const fallback = { id: 'ca_2', name: 'second', kind: 'acme', webRoot: '/srv/acme' };
  expect(planPage({ ...plan, fallback }).join('\n')).toMatch(
    /^ {2}If it cannot take the order +second \(acme\), challenge files below \/srv\/acme on the endpoint$/m,
  );
  expect(planPage(plan).join('\n')).not.toContain('cannot take the order');
});

it('A task says who asked for it, and by which way', () => {
  const paper = { columns: null, unicode: true, now: 0 };
  const task = makeTask({ origin: 'cli', actor: 'mara' });
  expect(taskPage({ task, plan: null }, paper).join('\n')).toMatch(/^Started by +mara \(cli\)$/m);
  expect(taskTable([task], paper).join('\n')).toContain('mara (cli)');
  expect(taskPage({ task: { ...task, origin: 'agent', actor: null }, plan: null }, paper).join('\n')).toMatch(
    /^Started by +agent$/m,
  );
});
