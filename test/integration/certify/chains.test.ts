import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { startAcmeStrict } from '#test/servers/acme-strict.ts';
import type { AcmeStrict } from '#test/servers/acme-strict-script.ts';
import { have } from '#test/servers/available.ts';
import { freePort } from '#test/servers/free-port.ts';
import { startIssuerFiles } from '#test/servers/issuer-files.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import { addSite, type Site, startSite } from './site.ts';

describe.skipIf(!have('nginx') || !have('openssl'))(
  'names before the order, and the chain before the install',
  () => {
    let ca: AcmeStrict;
    let data: ReturnType<typeof tempDirectory>;
    let site: Site;
    let agent: TestAgent;
    let nodeId: string;

    beforeEach(async () => {
      ca = await startAcmeStrict();
      data = tempDirectory('chains');
      site = await startSite();
      agent = await startAgent({ dataDirectory: data.path });
    });
    afterEach(async () => {
      await agent.close();
      await site.nginx.stop();
      await ca.stop();
      data.remove();
    });

    async function requested(more: Record<string, unknown> = {}) {
      await agent.call.authorities.add({
        ...{ kind: 'acme', name: 'strict', directory_url: ca.directoryUrl, trusted_roots: ca.rootPem },
        ...{ agree_to_terms: true, validation: 'http-01-agent', responder_address: '127.0.0.1' },
        responder_port: await freePort(),
        ...more,
      });
      ({ nodeId } = await addSite(agent, site, { auto_approve: true, authority: 'strict' }));
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      const task = await agent.until(taskId);
      const step = task.steps.find(({ name }) => name === 'check-material');
      const [order] = await agent.call.orders.list({});
      const { chainPem } = await agent.call.certificates.show({
        certificate: order?.certificateFingerprint ?? '',
      });
      return { task, said: step?.sentence ?? '', chain: certificatesOf(chainPem ?? '') };
    }

    test('the chain is complete when it ends below a root that was given', async () => {
      const { task, said } = await requested({ trusted_roots: ca.rootPem + ca.issuerRootPem });
      expect(task.state).toBe('succeeded');
      expect(said).toContain('The chain is complete: it ends below the root CN=Strict root.');
    });

    test('the chain was not proved complete when the root is known to nobody here', async () => {
      const { task, said } = await requested();
      expect(task.state).toBe('succeeded');
      expect(said).toContain('That it is complete was not proved: it ends below CN=Strict root');
    });

    test('there is a warning when the CA sends the leaf alone and its issuer cannot be had', async () => {
      ca.script({ sendsLeafAlone: true });
      const { task, said, chain } = await requested({ trusted_roots: ca.rootPem + ca.issuerRootPem });
      expect(task.state).toBe('succeeded-with-warnings');
      expect(said).toContain(
        'sent the certificate alone, and its issuer CN=Strict intermediate is not among',
      );
      expect(said).not.toContain('is complete:');
      expect(chain).toHaveLength(1);
    });

    test('the chain is complete when the missing intermediate was fetched, and that is what is served', async () => {
      const files = await startIssuerFiles();
      try {
        files.put('/issuer', ca.intermediatePem);
        ca.script({ sendsLeafAlone: true, issuerAt: files.at('/issuer') });
        const { task, said, chain } = await requested({ trusted_roots: ca.rootPem + ca.issuerRootPem });
        expect(task.state).toBe('succeeded');
        expect(said).toContain('The chain is complete: it ends below the root CN=Strict root.');
        expect(chain[1]).toBe(ca.intermediatePem);
      } finally {
        await files.stop();
      }
    });

    describe('names that the validation cannot prove', () => {
      const script = {
        validation: 'dns-01-script',
        dns_add_script: '/bin/true',
        dns_remove_script: '/bin/true',
      };
      test.each([
        ['a wildcard by the responder', {}, ['*.shop.example'], /http-01-agent, and control of a wildcard/],
        [
          'a wildcard by files in a web root',
          { validation: 'http-01-web-root', responder_address: undefined, responder_port: undefined },
          ['shop.example', '*.shop.example'],
          /of \*\.shop\.example: .*http-01-web-root, and control of a wildcard/,
        ],
        [
          'an address by DNS',
          { ...script, responder_address: undefined, responder_port: undefined },
          ['shop.example', '127.0.0.1'],
          /of 127\.0\.0\.1: .*IP address cannot be proved by DNS/,
        ],
      ])('%s are refused in the plan, and nothing is ordered', async (_what, more, names, sentence) => {
        await agent.call.authorities.add({
          ...{ kind: 'acme', name: 'strict', directory_url: ca.directoryUrl, trusted_roots: ca.rootPem },
          ...{ agree_to_terms: true, validation: 'http-01-agent', responder_address: '127.0.0.1' },
          responder_port: 80,
          ...more,
        });
        ({ nodeId } = await addSite(agent, site, { auto_approve: true, authority: 'strict' }));
        const refused = { message: expect.stringMatching(sentence) };
        await expect(agent.call.certificates.preview({ node: nodeId, names })).rejects.toMatchObject(refused);
        const { taskId } = await agent.call.certificates.request({ node: nodeId, names });
        const task = await agent.until(taskId);
        expect(task.failure?.code).toBe('authority.cannot-prove');
        expect(ca.state.requests).toEqual([]);
      });

      test('are left to a CA with an external account, which may have validated them', async () => {
        await ca.stop();
        ca = await startAcmeStrict({ eab: 'reusable', script: { authorizations: 'valid-foreign' } });
        await agent.call.authorities.add({
          ...{ kind: 'acme', name: 'strict', directory_url: ca.directoryUrl, trusted_roots: ca.rootPem },
          ...{ agree_to_terms: true, eab_key_id: ca.eab.keyId, eab_hmac_key: ca.eab.hmacKey },
        });
        ({ nodeId } = await addSite(agent, site, { auto_approve: true, authority: 'strict' }));
        const names = ['shop.example', '*.shop.example'];
        const { taskId } = await agent.call.certificates.request({ node: nodeId, names });
        expect((await agent.until(taskId)).state).toBe('succeeded');
      });
    });
  },
);
