/**
 * One thing with several names: a snippet behind links, a file by a roundabout path, a comment that looks like a line of
 * nginx. Each breaks the neighbour without a word when names are compared instead of what they name.
 */
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { files, installAndRestart, leafFor, planFor, prepareNginx, shown, start } from './real-nginx.ts';

const block = (name: string, inside: string) =>
  `server { listen 127.0.0.1:{port} ssl; server_name ${name}; ${inside} }`;
const tls = (name: string) => `ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key;`;

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx', () => {
  prepareNginx();

  it('tells that two blocks which include one snippet by two links share it', async () => {
    const old = leafFor('a.example', 'b.example');
    const { endpoint, server } = await start({
      files: {
        ...files({ a: old }),
        'tls.conf': tls('a'),
        'one/tls.conf': tls('a'),
        'two/tls.conf': tls('a'),
      },
      http: block('a.example', 'include one/tls*.conf;') + block('b.example', 'include two/tls*.conf;'),
    });
    for (const at of ['one', 'two']) {
      await rm(join(server.dir, at, 'tls.conf'));
      await symlink('../tls.conf', join(server.dir, at, 'tls.conf'));
    }
    await server.reload();
    const plan = await planFor(endpoint, 'b.example');
    expect(changesOf(plan.changes, 'configuration-line')).toEqual([]);
    expect(plan.shares?.filter(({ what }) => what === 'certificate').map(({ who }) => who)).toEqual([
      expect.stringContaining('server a.example'),
    ]);
    expect(plan.warnings.join()).toContain('server a.example');
  });

  it.each([
    ['a roundabout path', './x/../a'],
    ['a link', 'link'],
    ['a link of a directory', 'linked/a'],
  ])('tells that another block uses the files by %s', async (_how, name) => {
    const old = leafFor('a.example', 'b.example');
    const { endpoint, server } = await start({
      files: { ...files({ a: old, link: old, 'linked/a': old }), 'x/empty': '' },
      http: block('a.example', tls('a')) + block('b.example', tls(name)),
    });
    for (const kind of ['crt', 'key']) {
      await rm(join(server.dir, `link.${kind}`));
      await symlink(`a.${kind}`, join(server.dir, `link.${kind}`));
    }
    await rm(join(server.dir, 'linked'), { recursive: true });
    await symlink('.', join(server.dir, 'linked'));
    await server.reload();
    const [plan, other] = [await planFor(endpoint, 'a.example'), await planFor(endpoint, 'b.example')];
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect(await shown(other)).toEqual([old.facts.fingerprint]);
  });

  it.each(['ssl_trusted_certificate ./x/../a.crt;', 'proxy_ssl_trusted_certificate linked/a.crt;'])(
    'leaves the file to a directive that reads it by another name: %s',
    async (line) => {
      const old = leafFor('a.example');
      const { endpoint, server } = await start({
        files: { ...files({ a: old, 'linked/a': old }), 'x/empty': '', 'more/line.conf': line },
        http: `${block('a.example', tls('a'))} include more/*.conf;`,
      });
      await rm(join(server.dir, 'linked'), { recursive: true });
      await symlink('.', join(server.dir, 'linked'));
      const plan = await planFor(endpoint, 'a.example');
      const own = changesOf(plan.changes, 'file').map((file) => file.path);
      expect(own).not.toContain(join(server.dir, 'a.crt'));
      expect(changesOf(plan.changes, 'configuration-line')).not.toEqual([]);
    },
  );

  // certbot/certbot#5098 and NixOS/nixpkgs#60081 trust the file that is served; NixOS/nixpkgs#53493 one with the key, too
  it.each([
    ['in its block', 'ssl_trusted_certificate a.crt; ssl_stapling on; ssl_stapling_verify on;'],
    ['by a roundabout path', 'ssl_trusted_certificate ./x/../a.crt;'],
    ['through a snippet', 'include stapling.conf;'],
  ])('is replaced in place when its own block trusts its chain %s', async (_how, line) => {
    const { endpoint, server } = await start({
      files: {
        ...files({ a: leafFor('a.example') }),
        ...{ 'x/empty': '', 'stapling.conf': 'ssl_trusted_certificate a.crt;' },
      },
      http: block('a.example', tls('a') + line),
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'file').map(({ path }) => path)).toEqual([
      join(server.dir, 'a.key'),
      join(server.dir, 'a.crt'),
    ]);
    expect(plan.shares).toEqual([]);
    expect(plan.warnings.join()).toMatch(/ssl_trusted_certificate \(.*:\d+\) reads .*a\.crt too/);
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
  });

  it('says what goes on reading the previous chain when the node gets files of its own', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example') }),
      http:
        block('a.example', `${tls('a')} ssl_trusted_certificate a.crt;`) +
        block('b.example', `${tls('a')} location / { proxy_ssl_trusted_certificate a.crt; }`),
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(plan.warnings.join()).toMatch(
      /ssl_trusted_certificate \(.*\) still reads .*a\.crt, which does not change/,
    );
  });

  it('is replaced in place when its own block trusts the file that holds key and chain', async () => {
    const old = leafFor('a.example');
    const { endpoint, server } = await start({
      files: { 'full.pem': old.chainPem + old.keyPem },
      http: block(
        'a.example',
        'ssl_certificate full.pem; ssl_certificate_key full.pem; ssl_trusted_certificate full.pem;',
      ),
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'file').map(({ path }) => path)).toEqual([join(server.dir, 'full.pem')]);
  });

  it('lists a block behind a comment that looks like a line of nginx itself', async () => {
    const { endpoint } = await start({
      files: {
        ...files({ a: leafFor('a.example'), b: leafFor('b.example') }),
        'sites/b.conf': `# configuration file {dir}/sites/b.conf:\n${block('b.example', tls('b'))}\n`,
      },
      http: `${block('a.example', tls('a'))} include sites/*.conf;`,
    });
    expect((await endpoint.nodes()).map(({ name }) => name).toSorted()).toEqual(['a.example', 'b.example']);
  });
});
