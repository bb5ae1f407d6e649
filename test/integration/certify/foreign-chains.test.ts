import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { freePort } from '#test/servers/free-port.ts';
import { front, preparePebbleBehind } from '../acme/misbehaving-pebble.ts';
import { canRunPebble } from '../acme/with-pebble.ts';
import { addSite, type Site, shop, startSite } from './site.ts';

describe.skipIf(!canRunPebble || !have('nginx'))(
  'a Pebble whose certificates are exchanged on the way',
  () => {
    preparePebbleBehind();
    let data: ReturnType<typeof tempDirectory>;
    let site: Site;
    let agent: TestAgent;

    beforeEach(async () => {
      data = tempDirectory('foreign');
      site = await startSite();
      agent = await startAgent({ dataDirectory: data.path });
      await agent.call.authorities.add({
        ...{ kind: 'acme', name: 'le', directory_url: front.directoryUrl, trusted_roots: front.rootPem },
        ...{ agree_to_terms: true, validation: 'http-01-agent', responder_address: '127.0.0.1' },
        responder_port: await freePort(),
      });
    });
    afterEach(async () => {
      await agent.close();
      await site.nginx.stop();
      data.remove();
    });

    const ca = makeCa({ commonName: 'Foreign root' });
    test.each<[string, (body: string) => string, RegExp]>([
      [
        'one for another key',
        () => makeLeaf(ca, { names: [shop] }).chainPem,
        /does not match the private key/,
      ],
      [
        'the right leaf with a foreign intermediate',
        (body) =>
          body.slice(0, body.indexOf('-----END') + 26) +
          makeCa({ signedBy: ca, commonName: 'Other' }).certPem,
        /is followed by .*but was issued by/,
      ],
    ])('installs nothing when it is %s', async (_what, change, sentence) => {
      const before = site.state();
      front.misbehave(({ asked }) => (asked === 'certificate' ? { change } : null));
      const { nodeId } = await addSite(agent, site, { auto_approve: true, authority: 'le' });
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      const task = await agent.until(taskId);
      expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({
        state: 'failed',
        restored: 'not-needed',
        failure: { code: 'material.unfit', sentence: expect.stringMatching(sentence) },
      });
      expect(site.state()).toEqual(before);
    });
  },
);
