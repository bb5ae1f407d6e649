import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { agent, dataDirectory, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, shop } from './site.ts';

describe.skipIf(!have('nginx') || !have('pebble'))('a certificate that a person has revoked', () => {
  let pebble: Pebble;
  let nodeId: string;
  let fingerprint: string;

  beforeAll(async () => {
    pebble = await startPebble({ alwaysValid: true });
  });
  afterAll(() => pebble.stop());
  prepareSite();
  beforeEach(async () => {
    await start();
    await agent.call.authorities.add({
      ...{ kind: 'acme', name: 'pebble', directory_url: pebble.directoryUrl, trusted_roots: pebble.rootPem },
      ...{ agree_to_terms: true, validation: 'http-01-web-root', web_root: site.nginx.dir },
    });
    ({ nodeId } = await addSite(agent, site, {
      ...{ auto_approve: true, authority: 'pebble' },
      auto_renew: expect.getState().currentTestName?.includes('automatically') ?? false,
    }));
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    fingerprint = await site.served();
  });

  const revoke = (more: { fingerprint?: string; certificate?: string } = {}) =>
    agent.call.certificates.revoke({ certificate: '1001', reason: 'superseded', ...more });
  const sentences = async () => (await agent.call.audit.list({})).map(({ sentence }) => sentence);

  test('is revoked only by who names it, and told from the first to be still served', async () => {
    await expect(revoke()).rejects.toMatchObject({
      data: {
        code: 'certificate.not-confirmed',
        sentence: expect.stringMatching(new RegExp(`${fingerprint.slice(0, 16)}.*in use on web1/`)),
        hint: expect.stringContaining(`--reason superseded --fingerprint ${fingerprint.slice(0, 16)}`),
      },
    });
    await expect(revoke({ fingerprint: site.oldFingerprint })).rejects.toThrow('Nothing was revoked');
    const { serial } = await agent.call.certificates.show({ certificate: '1001' });
    expect(await pebble.statusOf(serial)).toMatchObject({ status: 'Valid' });

    const revoked = await revoke({ fingerprint: fingerprint.slice(0, 16) });
    expect(revoked).toMatchObject({ fingerprint, names: [shop], authority: 'pebble', already: false });
    expect(revoked.inUse).toMatchObject([{ name: expect.stringMatching(/^web1\//), served: true }]);
    expect(await pebble.statusOf(serial)).toEqual({ status: 'Revoked', reason: 4 });
    expect(await sentences()).toContain(
      `The CA of "pebble" revoked the certificate ${fingerprint.slice(0, 16)}… for ${shop} (superseded).`,
    );
    const { revoked: kept } = await agent.call.certificates.show({ certificate: fingerprint });
    expect(kept).toMatchObject({ reason: 'superseded' });

    expect(await revoke({ fingerprint })).toMatchObject({ already: true });
    expect((await agent.call.certificates.show({ certificate: fingerprint })).revoked).toEqual(kept);
    expect(await sentences()).toContain(
      `The CA of "pebble" says that the certificate ${fingerprint.slice(0, 16)}… for ${shop} had already been revoked.`,
    );
    const overview = await agent.call.agent.overview({});
    expect(overview).toMatchObject({
      level: 'danger',
      sentence: expect.stringContaining('has been revoked'),
    });
    expect(overview.worst[0]?.sentence).toMatch(/not renewed automatically: request a new one\.$/);

    const { taskId } = await agent.call.certificates.renew({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    expect((await revoke({ certificate: fingerprint, fingerprint })).inUse).toEqual([]);
    expect((await agent.call.agent.overview({})).level).toBe('ok');
  });

  test('that did not come through here is revoked by its key alone', async () => {
    await expect(
      revoke({ certificate: site.oldFingerprint, fingerprint: site.oldFingerprint }),
    ).rejects.toMatchObject({ data: { code: 'certificate.not-ordered-here' } });
    const { chainPem } = await agent.call.certificates.show({ certificate: fingerprint });
    const path = join(dataDirectory, 'elsewhere.pem');
    writeFileSync(path, chainPem);
    const asked = { path, authority: 'pebble', reason: 'key-compromise', private_key: 'no key' } as const;
    for (const named of [{}, { fingerprint }])
      await expect(agent.call.certificates.revokeByKey({ ...asked, ...named })).rejects.toMatchObject({
        data: { code: 'key.unreadable' },
      });
    const { node } = await agent.call.nodes.show({ node: nodeId });
    const noCertificate = agent.call.certificates.revokeByKey({ ...asked, path: node.keyPath ?? '' });
    await expect(noCertificate).rejects.toThrow(
      `${node.keyPath} contains no certificate. Nothing was revoked.`,
    );
    const private_key = readFileSync(node.keyPath ?? '', 'utf8');
    await expect(agent.call.certificates.revokeByKey({ ...asked, private_key })).rejects.toThrow(
      'This would revoke',
    );
    const revoked = await agent.call.certificates.revokeByKey({ ...asked, private_key, fingerprint });
    expect(revoked).toMatchObject({ already: false, inUse: [{ served: true }] });
    const row = (await agent.call.audit.list({})).find(({ action }) => action === 'certificates.revokeByKey');
    expect(row).toMatchObject({
      subject: fingerprint,
      sentence: expect.stringContaining('(key-compromise, signed with its own key)'),
    });
  });

  test('of a local authority cannot be, and that is said', async () => {
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'trustkeep-local' });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    const own = await site.served();
    await expect(revoke({ certificate: own, fingerprint: own })).rejects.toMatchObject({
      data: { code: 'authority.no-revocation' },
    });
  });

  test('is replaced automatically where its node renews itself, without waiting for its expiry', async () => {
    await revoke({ fingerprint });
    await expect.poll(site.served, { timeout: 60_000 }).not.toBe(fingerprint);
    const [task] = await agent.call.tasks.list({ about: nodeId, limit: 1 });
    expect(task).toMatchObject({ kind: 'certify', origin: 'agent' });
    await agent.until(task?.id ?? '');
    const { renewal } = await agent.call.nodes.show({ node: nodeId });
    expect(renewal).toMatchObject({ because: 'fraction', fingerprint: await site.served() });
    expect((await agent.call.agent.overview({})).level).toBe('ok');
  });

  test('is proposed to be replaced automatically where a person approves, and again a day after a rejection', async () => {
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { auto_approve: false } });
    await revoke({ fingerprint });
    const live = async () => (await agent.call.tasks.list({ about: nodeId, limit: 1 }))[0];
    await expect.poll(async () => (await live())?.waitingFor, { timeout: 60_000 }).toBe('approval');
    const overview = await agent.call.agent.overview({});
    expect(overview.worst).toMatchObject([
      {
        level: 'danger',
        sentence:
          'The certificate has been revoked; clients may refuse it. A new one is waiting for approval.',
      },
    ]);
    const { plan } = await agent.call.approvals.show({ approval: (await live())?.id ?? '' });
    expect(plan.reason).toBe('renewal');
    expect(plan.install.warnings).toContainEqual(
      expect.stringMatching(
        /^The present certificate was noted as revoked on \d{4}-\d\d-\d\d \(superseded\)/,
      ),
    );
    expect((await agent.call.nodes.show({ node: nodeId })).renewal?.because).toBe('revoked');
    await agent.call.approvals.reject({ approval: (await live())?.id ?? '' });
    await expect.poll(async () => (await live())?.state).toBe('cancelled');
    const { renewal } = await agent.call.nodes.show({ node: nodeId });
    expect(renewal?.because).toBe('back-off');
    expect(renewal?.nextAt).toBeGreaterThan(Date.now() + 20 * 3_600_000);
    expect((await agent.call.agent.overview({})).worst[0]?.sentence).toMatch(
      /Trustkeep renews it without waiting for its expiry\.$/,
    );
    expect(await site.served()).toBe(fingerprint);
  });
});
