/**
 * Server blocks beside `http {}`. Others read only that one: certbot/certbot#5565 (stream), nginx/nginx-acme#80 (mail), and
 * Mailu/Mailu#944 has one snippet with the certificate for its web and its mail servers.
 */
import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent } from '#test/make/endpoints.ts';
import { haveModules, type NginxOptions } from '#test/servers/nginx.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { files, installAndRestart, leafFor, planFor, prepareNginx, shown, start } from './real-nginx.ts';

const tls = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
const web = (inside: string, name = 'a.example') =>
  `server { listen 127.0.0.1:{port} ssl; server_name ${name}; ${inside} }`;
const modules = ['mail', 'stream'];
const mail = (inside: string) => `mail { auth_http 127.0.0.1:9/auth; ${inside} }`;

const beside = (options: NginxOptions) => start({ modules, ...options });
const filePaths = (plan: Awaited<ReturnType<typeof planFor>>) =>
  changesOf(plan.changes, 'file').map(({ path }) => path);

describe.skipIf(!haveModules(...modules) || process.getuid?.() !== 0)(
  'a real nginx with mail servers',
  () => {
    prepareNginx();

    it.each([
      ['with the pair in its block', mail(`server { listen 127.0.0.1:{port2} ssl; protocol imap; ${tls} }`)],
      ['with the old "ssl on"', mail(`ssl on; ${tls} server { listen 127.0.0.1:{port2}; protocol imap; }`)],
      ['with one snippet', mail('include tls.conf; server { listen 127.0.0.1:{port2} ssl; protocol pop3; }')],
      ['in stream', `stream { server { listen 127.0.0.1:{port2} ssl; proxy_pass 127.0.0.1:9; ${tls} } }`],
    ])('names a server %s as touched, and it shows the new certificate too', async (_how, main) => {
      const { endpoint, server } = await beside({
        files: { ...files({ a: leafFor('a.example') }), 'tls.conf': tls },
        http: web('include tls.conf;'),
        main,
      });
      const plan = await planFor(endpoint, 'a.example');
      const who = expect.stringMatching(
        new RegExp(`^(mail|stream) server 127.0.0.1:${server.ports[1]} \\(.*nginx.conf:\\d+\\)$`),
      );
      expect(plan.shares).toMatchObject([{ what: 'certificate', who }]);
      const neighbour = await planFor(endpoint, `127.0.0.1:${server.ports[1]}`);
      expect(neighbour.warnings.join()).toMatch(/The current files are also used by server a\.example/);
      const fresh = leafFor('a.example');
      await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await shown(neighbour)).toEqual([fresh.facts.fingerprint]);
    });

    it('gives a mail server with a name of its own its own files, and leaves the web its certificate', async () => {
      const old = leafFor('a.example');
      const { endpoint, server } = await beside({
        files: files({ a: old }),
        http: web(tls),
        main: mail(
          `server_name mail.example; server { listen 127.0.0.1:{port2} ssl; protocol imap; ${tls} }`,
        ),
      });
      const [plan, other] = [await planFor(endpoint, 'mail.example'), await planFor(endpoint, 'a.example')];
      expect(plan.nodeKey).toBe(`mail 127.0.0.1:${server.ports[1]} mail.example`);
      expect(filePaths(plan)).not.toContain(`${server.dir}/a.crt`);
      const fresh = leafFor('mail.example');
      await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await shown(other)).toEqual([old.facts.fingerprint]);
    });

    it.each(['imap', 'pop3', 'smtp'] as const)(
      'proves and compares a mail server that begins TLS with STARTTLS: %s',
      async (protocol) => {
        const { endpoint, server } = await beside({
          files: files({ a: leafFor('a.example'), m: leafFor('mail.example') }),
          http: web(tls),
          main: mail(
            `starttls on; server_name mail.example; ssl_certificate m.crt; ssl_certificate_key m.key;
         server { listen 127.0.0.1:{port2}; listen 127.0.0.1:{port3} ssl; protocol ${protocol}; }
         server { listen 127.0.0.1:{port4} proxy_protocol; protocol ${protocol}; starttls only; }`,
          ),
        });
        const node = (await endpoint.nodes()).find(({ bindings }) => bindings.length === 2);
        const plan = await endpoint.plan(node?.key ?? '');
        expect(plan.proofs.map(({ port, startTls }) => [port, startTls])).toEqual([
          [server.ports[1], protocol],
          [server.ports[2], undefined],
        ]);
        expect(plan.neighbours?.filter(({ startTls }) => startTls !== undefined)).toMatchObject([
          { port: server.ports[3], startTls: protocol, proxyProtocol: true, expects: 'new-certificate' },
        ]);
        const fresh = leafFor('mail.example');
        await installAndRestart(endpoint, plan, inAgent(fresh));
        const { fingerprint } = fresh.facts;
        expect(await shown(plan)).toEqual([fingerprint, fingerprint]);
        for (const neighbour of plan.neighbours ?? [])
          expect(await probeTls(neighbour)).toMatchObject({ kind: 'certificate' });
      },
    );

    it.each(['ssl_conf_command Certificate a.crt;', 'proxy_ssl_conf_command VerifyCAFile a.crt;'])(
      'leaves the file to what gives it to OpenSSL: %s',
      async (line) => {
        const { endpoint, server } = await beside({
          files: files({ a: leafFor('a.example'), b: leafFor('b.example') }),
          http:
            web(tls) +
            web(`ssl_certificate b.crt; ssl_certificate_key b.key; ${line}`, 'b.example').replace(
              'port',
              'port2',
            ),
        });
        const plan = await planFor(endpoint, 'a.example');
        expect(filePaths(plan)).not.toContain(`${server.dir}/a.crt`);
        expect(plan.warnings.join()).toContain('ssl_conf_command');
      },
    );
  },
);
