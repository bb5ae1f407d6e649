import { lstat, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, keysOf, listing, restart, testCa } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import {
  endpointOf,
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

  it('gives a node files of its own when a stranger uses its certificate, and leaves the stranger alone', async () => {
    const old = leafFor('a.example', 'b.example');
    const { endpoint, server } = await start({
      files: {
        ...files({ shared: old }),
        'sites/b.conf':
          'server {\n  listen 127.0.0.1:{port} ssl;\n  server_name b.example;\n  ssl_certificate shared.crt; # both\n  ssl_certificate_key shared.key;\n}\n',
      },
      http: 'include sites/*; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate shared.crt; ssl_certificate_key shared.key; }',
    });
    const before = await listing(server.dir);
    const [plan, other] = [await planFor(endpoint, 'b.example'), await planFor(endpoint, 'a.example')];
    expect(changesOf(plan.changes, 'configuration-line').map((edit) => [edit.line, edit.before])).toEqual([
      [4, 'ssl_certificate shared.crt;'],
      [5, 'ssl_certificate_key shared.key;'],
    ]);
    const fresh = leafFor('b.example');
    const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect(await shown(other)).toEqual([old.facts.fingerprint]);
    expect(await readFile(join(server.dir, 'sites/b.conf'), 'utf8')).toContain('.crt; # both\n');
    const next = await planFor(endpoint, 'b.example');
    expect([
      changesOf(next.changes, 'configuration-line'),
      next.shares?.filter((one) => one.what === 'certificate'),
    ]).toEqual([[], []]);
    await endpoint.restore(snapshot);
    await restart(endpoint);
    expect(await shown(plan)).toEqual([old.facts.fingerprint]);
    await endpoint.discard(snapshot, 't');
    expect(await listing(server.dir)).toEqual(before);
  });

  it('installs a key made on the target into a file with certificate and key', async () => {
    const old = leafFor('a.example');
    const { endpoint } = await start({
      files: { 'both.pem': old.keyPem + old.chainPem },
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl'],
          names: ['a.example'],
          certificates: [{ certificate: 'both.pem', key: 'both.pem' }],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    const key = await keysOf(endpoint).makeKey(plan, 'ec-p256', 't');
    const fresh = makeLeaf(testCa, {
      names: ['a.example'],
      keyOf: { keyPem: '', spki: key.spki, keyType: 'ec-p256' },
    });
    await installAndRestart(endpoint, plan, {
      chainPem: fresh.chainPem,
      key: { where: 'endpoint', path: key.path },
    });
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect(changesOf((await planFor(endpoint, 'a.example')).changes, 'file')).toMatchObject([
      { holds: 'certificate-and-key' },
    ]);
  });

  it('follows symbolic links, leaves them as they are, and notices when they lead elsewhere', async () => {
    const { endpoint, server } = await start({
      files: files({ 'live/a': leafFor('a.example'), 'archive/a1': leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('live/a')] }],
    });
    for (const kind of ['crt', 'key']) {
      await rm(join(server.dir, `live/a.${kind}`));
      await symlink(`../archive/a1.${kind}`, join(server.dir, `live/a.${kind}`));
    }
    await server.reload();
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'file').map((file) => file.path)).toEqual([
      join(server.dir, 'archive/a1.key'),
      join(server.dir, 'archive/a1.crt'),
    ]);
    expect(plan.warnings.join()).toContain('is a link to');
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect((await lstat(join(server.dir, 'live/a.crt'))).isSymbolicLink()).toBe(true);

    const again = await planFor(endpoint, 'a.example');
    await writeFile(join(server.dir, 'archive/a2.crt'), fresh.chainPem);
    await rm(join(server.dir, 'live/a.crt'));
    await symlink('../archive/a2.crt', join(server.dir, 'live/a.crt'));
    await expect(endpoint.checkDrift(again)).rejects.toThrow('live/a.crt now leads to');
  });

  it('notices every change of the configuration as drift', async () => {
    const { endpoint, server } = await start({
      files: { ...files({ a: leafFor('a.example') }), 'more/x.conf': 'gzip on;' },
      http: 'include more/*.conf; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate a.crt; ssl_certificate_key a.key; }',
    });
    const plan = await planFor(endpoint, 'a.example');
    const at = (name: string) => join(server.dir, 'more', name);
    await endpoint.checkDrift(plan);
    await writeFile(at('x.conf'), 'gzip off;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(`${at('x.conf')} has other content`);
    await rename(at('x.conf'), at('y.conf'));
    await writeFile(at('y.conf'), 'gzip on;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(
      `${at('x.conf')} is no longer part of the configuration`,
    );
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(
      `${at('y.conf')} is a new part of the configuration`,
    );
    await writeFile(at('y.conf'), 'gzip maybe;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow('no longer accepts its configuration');
  });

  it('refuses to plan where nginx would include what is kept during an install', async () => {
    const { endpoint } = await start({
      files: files({ 'd/a': leafFor('a.example') }),
      http: 'include d/.trust*; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate d/a.crt; ssl_certificate_key d/a.key; }',
    });
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject({ code: 'node.not-installable' });
  });

  it('says in nginx’s own words that the configuration is not accepted', async () => {
    const { endpoint, server } = await start({ servers: [{ listen: ['127.0.0.1:{port}'] }] });
    await writeFile(server.configPath, `${await readFile(server.configPath, 'utf8')}\nnonsense on;\n`);
    const failure = {
      code: 'endpoint.configuration-invalid',
      message: expect.stringContaining('unknown directive "nonsense"'),
    };
    await expect(endpoint.nodes()).rejects.toMatchObject(failure);
    await expect(restart(endpointOf(server))).rejects.toMatchObject(failure);
    const report = await endpoint.probe();
    expect(report.ok).toBe(false);
    expect(report.checks.find((one) => one.name === 'configuration')?.sentence).toContain('nonsense');
  });
});
