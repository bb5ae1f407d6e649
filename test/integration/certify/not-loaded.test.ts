import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { agent, ids, prepareApproval, site, when } from '../../security/approved-plan.ts';
import { approve, shop } from './site.ts';

describe.skipIf(!have('nginx'))('files that someone replaced and the server has not loaded', () => {
  prepareApproval();

  test('are put back, and what they hold is proved to be served, not what was served before', async () => {
    const other = makeLeaf(makeCa({ commonName: 'Somebody else' }), { names: [shop] });
    const file = (name: string) => join(site.nginx.dir, 'tls', name);
    writeFileSync(file('shop.crt'), other.chainPem);
    writeFileSync(file('shop.key'), other.keyPem);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'install', 'done', () => writeFileSync(file('shop.crt'), 'broken'));
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(task.steps.find(({ name }) => name === 'prove-restore')?.sentence).toContain(
      'the certificate in the restored files is served. It was already there before this task, but the server had not loaded it',
    );
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(other.facts.fingerprint);
    expect(agent.database.nodes.get(ids.nodeId)?.served).toMatchObject({
      ...{ state: 'same', fingerprint: other.facts.fingerprint },
    });
  });
});
