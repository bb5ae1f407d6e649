import { expect, it } from 'vitest';
import { anApproval } from '#test/make/task-rows.ts';
import { planPage } from '../../../electron/cli/print/plan.ts';

it('A plan says what it takes over from another program', () => {
  const { plan } = anApproval();
  const takesOver = [{ who: 'certbot', evidence: '', files: [], sentence: 'certbot will replace it again.' }];
  const paper = planPage({ ...plan, install: { ...plan.install, takesOver } }).join('\n');
  expect(paper).toContain('  Managed by another program\n    certbot will replace it again.');
  expect(planPage(plan).join('\n')).not.toContain('another program');
});

it('A plan says below which directory challenge files are put, where they are', () => {
  const { plan } = anApproval();
  const paper = planPage({ ...plan, webRoot: '/srv/www' }).join('\n');
  expect(paper).toContain('below /srv/www on the endpoint');
  for (const webRoot of [null, undefined])
    expect(planPage({ ...plan, webRoot }).join('\n')).not.toContain('Challenge files');
});
