/**
 * Servers behind a load balancer that speaks the PROXY protocol before TLS: who does not is answered with a broken header
 * (kubernetes/ingress-nginx#6996, Kong/kong#6399), and the header must be the first bytes (haraka/Haraka#3105).
 */
import { describe, expect, it } from 'vitest';
import { inAgent } from '#test/make/endpoints.ts';
import { haveModules } from '#test/servers/nginx.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { files, installAndRestart, leafFor, planFor, prepareNginx, shown, start } from './real-nginx.ts';

const tls = (name: string) => `ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key;`;
const block = (name: string, listen: string) =>
  `server { listen 127.0.0.1:{port} ${listen}; server_name ${name}; ${tls(name[0] ?? '')} }`;
const leaves = () => files({ a: leafFor('a.example'), b: leafFor('b.example') });

describe.skipIf(!haveModules('stream') || process.getuid?.() !== 0)(
  'a real nginx behind a PROXY header',
  () => {
    prepareNginx();

    it.each([
      ['in http', { http: block('a.example', 'ssl proxy_protocol') }],
      [
        'where another server at the address says so',
        { http: block('a.example', 'ssl') + block('b.example', 'ssl proxy_protocol') },
      ],
      [
        'in stream',
        {
          modules: ['stream'],
          main: `stream { server { listen 127.0.0.1:{port} ssl proxy_protocol; ${tls('a')} return ok; } }`,
        },
      ],
    ])(
      'is managed %s: the new certificate is proved, and that of the neighbours',
      async (_where, options) => {
        const { endpoint } = await start({ files: leaves(), ...options });
        const [node] = await endpoint.nodes();
        expect(node).toMatchObject({ notInstallable: null, bindings: [{ proxyProtocol: true }] });
        const plan = await planFor(endpoint, node?.name ?? '');
        expect(plan.proofs).toMatchObject([{ proxyProtocol: true }]);
        for (const neighbour of plan.neighbours ?? [])
          expect(await probeTls(neighbour)).toMatchObject({ kind: 'certificate' });
        const fresh = leafFor('a.example');
        await installAndRestart(endpoint, plan, inAgent(fresh));
        expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      },
    );

    it('is told from a listener without one, which would not understand it', async () => {
      const { endpoint, server } = await start({
        files: leaves(),
        http: `server { listen 127.0.0.1:{port} ssl proxy_protocol; listen 127.0.0.1:{port2} ssl; server_name a.example; ${tls('a')} }`,
      });
      const plan = await planFor(endpoint, 'a.example');
      expect(plan.proofs.map(({ port, proxyProtocol }) => [port, proxyProtocol])).toEqual([
        [server.ports[0], true],
        [server.ports[1], undefined],
      ]);
      expect(await shown(plan)).not.toContain(null);
      const crossed = plan.proofs.map((proof) => ({ ...proof, proxyProtocol: !proof.proxyProtocol }));
      expect(await shown({ ...plan, proofs: crossed })).toEqual([null, null]);
    });
  },
);
