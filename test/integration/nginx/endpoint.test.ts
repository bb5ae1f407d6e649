import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, listing, testCa } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import {
  files,
  installAndRestart,
  leafFor,
  pair,
  planFor,
  prepareNginx,
  shown,
  start,
} from './real-nginx.ts';

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx', () => {
  prepareNginx();

  it('shows at every proof of every node the certificate that was discovered for it', async () => {
    const leaves = {
      a: leafFor('a.example', 'www.a.example'),
      wild: leafFor('*.wild.example'),
      regex: leafFor('r1.example'),
      fallback: leafFor('fallback.example'),
      six: leafFor('six.example'),
      outer: leafFor('outer.example'),
    };
    const { endpoint } = await start({
      files: {
        ...files(leaves),
        'sites/10-wild.conf':
          'server { listen 127.0.0.1:{port} ssl; server_name *.wild.example; ssl_certificate wild.crt; ssl_certificate_key wild.key; }',
        'sites/20-regex.conf': String.raw`server { listen 127.0.0.1:{port}; server_name "~^r\d+\.example$"; ssl_certificate regex.crt; ssl_certificate_key "regex.key"; }`,
        'sites/.hidden.conf': 'this is not nginx',
      },
      http: `
        ssl_certificate outer.crt; ssl_certificate_key outer.key;
        include sites/*.conf;
        server { listen 127.0.0.1:{port} ssl; server_name a.example www.a.example; ssl_certificate a.crt; ssl_certificate_key a.key; }
        server { listen 127.0.0.1:{port} ssl default_server; listen *:{port2} ssl; server_name _; ssl_certificate fallback.crt; ssl_certificate_key fallback.key; }
        server { listen [::1]:{port3} ssl; listen [::]:{port4} ssl; server_name six.example; ssl_certificate six.crt; ssl_certificate_key six.key; }
        server { listen 127.0.0.3:{port2} ssl; listen 127.0.0.1:{port2} ssl; server_name outer.example; }
        server { listen 127.0.0.1:{port5}; server_name plain.example; location / { root /srv/www; } }
      `,
    });
    const nodes = await endpoint.nodes();
    expect(nodes).toHaveLength(7);
    for (const node of nodes.filter((one) => one.protocol === 'https')) {
      expect([node.name, node.notInstallable]).toEqual([node.name, null]);
      const plan = await endpoint.plan(node.key);
      expect(plan.proofs).toHaveLength(node.bindings.length);
      expect(plan.coldStart).toMatchObject({
        proved: true,
        sentence: expect.stringContaining('nginx -T, run as root like the master process of nginx, accepted'),
      });
      for (const leaf of await shown(plan))
        expect([node.name, leaf]).toEqual([node.name, node.certificate?.fingerprint]);
    }
    expect(nodes.find((one) => one.name === 'plain.example')).toMatchObject({
      protocol: 'http',
      webRoot: '/srv/www',
    });
  });

  it('serves the new certificate after a restart at once, and the old one after the restore', async () => {
    const old = leafFor('a.example');
    const { endpoint } = await start({
      files: files({ a: old }),
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl', '[::1]:{port} ssl'],
          names: ['a.example'],
          certificates: [pair('a')],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    const fresh = leafFor('a.example');
    const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint, fresh.facts.fingerprint]);
    await endpoint.restore(snapshot);
    expect(await endpoint.powers.restarts?.restart()).toEqual({ settled: true });
    expect(await shown(plan)).toEqual([old.facts.fingerprint, old.facts.fingerprint]);
  });

  it('gives a node that inherits a certificate, or has none, directives of its own', async () => {
    const outer = leafFor('outer.example');
    const inherits = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
    for (const [http, name] of [
      [
        `${inherits} server { listen 127.0.0.1:{port} ssl; server_name x.example; } server { listen 127.0.0.1:{port} ssl; server_name a.example; }`,
        'a.example',
      ],
      [
        `server { listen 127.0.0.1:{port} ssl; server_name x.example; ${inherits} } server { listen 127.0.0.1:{port} ssl; server_name a.example; }`,
        'a.example',
      ],
    ] as const) {
      const { endpoint, server } = await start({ files: files({ a: outer }), http });
      const [plan, other] = [await planFor(endpoint, name), await planFor(endpoint, 'x.example')];
      expect(changesOf(plan.changes, 'file').map((file) => [file.holds, file.before === null])).toEqual([
        ['private-key', true],
        ['certificate', true],
        ['configuration', false],
      ]);
      const before = await listing(server.dir);
      const fresh = leafFor(name);
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await shown(other)).toEqual([outer.facts.fingerprint]);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await endpoint.discard(snapshot, 't');
      expect(await listing(server.dir)).toEqual(before);
    }
  });

  it('tells who else shows a certificate that stands in a snippet for several blocks', async () => {
    const { endpoint } = await start({
      files: {
        ...files({ a: leafFor('a.example') }),
        'tls.inc': 'ssl_certificate a.crt; ssl_certificate_key a.key;',
      },
      http: 'server { listen 127.0.0.1:{port} ssl; server_name a.example; include tls.inc; } server { listen 127.0.0.1:{port2} ssl; server_name b.example; include tls.inc; }',
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'configuration-line')).toEqual([]);
    expect(plan.shares).toMatchObject([
      { what: 'certificate', who: expect.stringContaining('server b.example') },
    ]);
    expect(plan.warnings.join()).toContain('server b.example');
    const fresh = leafFor('a.example', 'b.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(await planFor(endpoint, 'b.example'))).toEqual([fresh.facts.fingerprint]);
  });

  it('tells which blocks at the same address get the certificate of the default one', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example'), b: leafFor('b.example') }),
      servers: [
        { listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] },
        { listen: ['127.0.0.1:{port} ssl'], names: ['b.example'], certificates: [pair('b')] },
      ],
    });
    const shares = (await planFor(endpoint, 'a.example')).shares;
    expect(shares).toMatchObject([{ what: 'address', who: expect.stringContaining('server b.example') }]);
    expect((await planFor(endpoint, 'b.example')).shares).toEqual([]);
  });

  it('tells of other directives that read the file', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl'],
          names: ['a.example'],
          certificates: [pair('a')],
          lines: ['ssl_verify_client optional;', 'ssl_client_certificate {dir}/a.crt;'],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(plan.warnings.join()).toContain('ssl_client_certificate');
    expect(changesOf(plan.changes, 'configuration-line')).toHaveLength(2);
  });

  it('replaces only the certificate of its kind when a block has RSA and ECDSA', async () => {
    const rsa = makeLeaf(testCa, { names: ['a.example'], keyType: 'rsa-2048' });
    const ec = leafFor('a.example');
    const { endpoint, server } = await start({
      files: files({ rsa, ec }),
      servers: [
        { listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('rsa'), pair('ec')] },
      ],
    });
    const plan = await planFor(endpoint, 'a.example (RSA)');
    await expect(endpoint.install(plan, inAgent(leafFor('a.example')))).rejects.toMatchObject({
      code: 'endpoint.key-type-differs',
    });
    const fresh = makeLeaf(testCa, { names: ['a.example'], keyType: 'rsa-2048' });
    await installAndRestart(endpoint, plan, inAgent(fresh));
    const at = { address: '127.0.0.1', port: server.ports[0] ?? 0, serverName: 'a.example' };
    expect(await probeTls({ ...at, keyAlgorithm: 'rsa' })).toMatchObject({
      leafFingerprint: fresh.facts.fingerprint,
    });
    expect(await probeTls({ ...at, keyAlgorithm: 'ecdsa' })).toMatchObject({
      leafFingerprint: ec.facts.fingerprint,
    });
  });
});
