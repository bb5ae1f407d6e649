/**
 * A listener that is a local socket (certbot/certbot#4225, NixOS/nixpkgs#370905), and configuration that was written on
 * Windows (linuxserver/reverse-proxy-confs#388).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inAgent } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { files, installAndRestart, leafFor, planFor, prepareNginx, shown, start } from './real-nginx.ts';

const tls = (name: string) => `ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key;`;

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx', () => {
  prepareNginx();

  it.each([
    ['ssl', 'listen unix:{dir}/x.sock ssl;'],
    ['ssl and a header', 'listen unix:{dir}/x.sock ssl proxy_protocol;'],
    ['the ssl of another server', 'listen unix:{dir}/x.sock;'],
  ])(
    'says of a listener that is a local socket with %s that it cannot be verified',
    async (_with, listen) => {
      const { endpoint, server } = await start({
        files: files({ a: leafFor('a.example'), b: leafFor('b.example') }),
        http: `server { ${listen} server_name a.example; ${tls('a')} }
        server { listen unix:{dir}/x.sock ssl; server_name b.example; ${tls('b')} }`,
      });
      const node = (await endpoint.nodes()).find(({ name }) => name === 'a.example');
      expect(node?.certificate?.names).toEqual(['a.example']);
      expect(node?.notInstallable).toBe(
        `There is no way to prove that a new certificate is served here. One listener cannot be verified: unix:${server.dir}/x.sock is a local socket.`,
      );
    },
  );

  it('names a server at a local socket that shows the new certificate too', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example') }),
      http: `server { listen 127.0.0.1:{port} ssl; server_name a.example; ${tls('a')} }
        server { listen unix:{dir}/x.sock ssl; server_name a.example; ${tls('a')} }`,
    });
    const plan = await endpoint.plan((await endpoint.nodes())[0]?.key ?? '');
    expect(plan.shares).toMatchObject([
      { what: 'certificate', who: expect.stringContaining('server a.example') },
    ]);
  });

  it('keeps the carriage returns and tabs of a file that gets new lines', async () => {
    const windows = (text: string) => text.replaceAll('\n', '\r\n');
    const { endpoint, server } = await start({
      files: {
        ...files({ a: leafFor('a.example', 'b.example') }),
        'site.conf': windows(
          `${tls('a')}\nserver {\n\tlisten 127.0.0.1:{port} ssl;\n\tserver_name a.example;\n}\nserver {\n\tlisten 127.0.0.1:{port} ssl;\n\tserver_name b.example;\n}\n`,
        ),
      },
      http: 'include site.conf;',
    });
    const plan = await planFor(endpoint, 'b.example');
    const fresh = leafFor('b.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    const text = await readFile(join(server.dir, 'site.conf'), 'utf8');
    expect(text).toMatch(/server \{\r\n\tssl_certificate .*;\r\n\tssl_certificate_key .*;\r\n\tlisten /);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });
});
