/**
 * The attack: somebody who can only write to the database puts another certificate, or other bytes, in the place of what the
 * authority issued, between the steps of an approved task. A real nginx serves what it had; nothing was changed on it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import type { TaskRow } from '../../electron/database/database.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { readCertificate } from '../../electron/pki/read-certificate.ts';
import { approve } from '../integration/certify/site.ts';
import { agent, ids, prepareApproval, site, when } from './approved-plan.ts';

prepareApproval();
let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('evil-ca');
});
afterEach(() => directory.remove());

function rowOf(taskId: string): TaskRow {
  const row = agent.database.tasks.get(taskId);
  if (row === null) throw new Error('the task is gone');
  return row;
}

const collectedBy = (taskId: string) =>
  (rowOf(taskId).memory.outputs['await-certificate'] as { fingerprint: string }).fingerprint;

function inDatabase(sql: string, values: readonly string[]): void {
  (agent.database as SqliteDatabase).driver.run(sql, [...values]);
}

/** A leaf of a CA of nobody for the CSR of the task, stored as if it had been collected. Its fingerprint. */
function issuedElsewhere(taskId: string, name: string): string {
  const run = (...argv: string[]) => execFileSync('openssl', argv, { cwd: directory.path, stdio: 'pipe' });
  const { csr } = rowOf(taskId).memory.outputs['make-key'] as { csr: string };
  writeFileSync(join(directory.path, 'r.der'), Buffer.from(csr, 'base64'));
  writeFileSync(join(directory.path, 'x'), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\n`);
  const ca = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Evil', '-days', '3000'];
  run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...ca);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3000', '-extfile', 'x'];
  run('x509', '-req', '-inform', 'DER', '-in', 'r.der', ...by, '-out', 'l.pem');
  const chainPem = readFileSync(join(directory.path, 'l.pem'), 'utf8');
  const facts = readCertificate(chainPem);
  agent.database.certificates.upsert({
    ...facts,
    orderNumber: null,
    chainPem,
    firstSeenAt: 1,
    revoked: null,
  });
  return facts.fingerprint;
}

/** The task ends with that, and the server is as it was, on disk and as served. */
async function expectRefused(taskId: string, sentence: RegExp, code = 'approval.other-certificate') {
  const before = site.state();
  await approve(agent, taskId);
  const task = await agent.until(taskId);
  expect([task.state, task.failure?.code, task.restored]).toEqual(['failed', code, 'not-needed']);
  expect(task.failure?.sentence).toMatch(sentence);
  expect(await site.served()).toBe(site.oldFingerprint);
  expect(changed(before, site.state())).toEqual([]);
}

const changed = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path]);

const notCollected = /^The stored certificate or chain is not the one that was collected from /;

describe('a certificate that is not the one that was collected', () => {
  test.each([
    ['await-certificate', 'shop.example'],
    ['check-material', 'other.example'],
    ['snapshot', 'shop.example'],
  ] as const)('stored after %s, for %s, ends the task before the change', async (step, name) => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, step, 'done', () => {
      const fingerprint = issuedElsewhere(taskId, name);
      const row = rowOf(taskId);
      const outputs = { ...row.memory.outputs, 'await-certificate': { orderId: 'x', fingerprint } };
      agent.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
    });
    await expectRefused(taskId, notCollected);
  });

  test.each(['check-material', 'snapshot'] as const)(
    'stored after %s, whose chain was lengthened, ends the task before the change',
    async (step) => {
      const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
      when(taskId, step, 'done', () =>
        inDatabase('UPDATE certificates SET chain_pem = chain_pem || ? WHERE fingerprint = ?', [
          '\nANYTHING I LIKE\n',
          collectedBy(taskId),
        ]),
      );
      await expectRefused(taskId, notCollected);
    },
  );

  test('is not taken for collected because the order says so', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'place-order', 'done', () =>
      inDatabase(`UPDATE orders SET state = 'collected', certificate_fingerprint = ? WHERE task_id = ?`, [
        issuedElsewhere(taskId, 'shop.example'),
        taskId,
      ]),
    );
    await approve(agent, taskId);
    expect((await agent.until(taskId)).state).toMatch(/^succeeded/);
    expect(await site.served()).toBe(collectedBy(taskId));
    expect(agent.database.certificates.get(await site.served())?.issuer).not.toContain('Evil');
  });

  test('is not collected out of an order that was rewritten', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'place-order', 'done', () => {
      const chainPem = agent.database.certificates.get(issuedElsewhere(taskId, 'shop.example'))?.chainPem;
      const order = agent.database.orders.ofTask(taskId);
      if (order === null) throw new Error('no order');
      agent.database.orders.update({ ...order, handle: { state: 'issued', chainPem: chainPem ?? '' } });
    });
    await expectRefused(taskId, /^The stored progress of order \d+ is not what /, 'approval.other-order');
  });
});

describe('what is to be installed', () => {
  test('is what was checked: another hash in the plan ends the task before the change', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'snapshot', 'done', () => {
      const row = rowOf(taskId);
      const text = JSON.stringify(row.memory.outputs['check-material']);
      const other = JSON.parse(
        text.replace(/"after":\{"sha256":"[0-9a-f]{64}"/, `"after":{"sha256":"${'b'.repeat(64)}"`),
      );
      const outputs = { ...row.memory.outputs, 'check-material': other };
      agent.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
    });
    await expectRefused(taskId, /^What is to be installed is not what was checked /);
  });

  test('leaves no seal behind when it is installed', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await approve(agent, taskId);
    expect((await agent.until(taskId)).state).toMatch(/^succeeded/);
    expect(agent.database.secrets.list(taskId)).toEqual([]);
  });
});
