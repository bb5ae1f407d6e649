/**
 * Configurations whose size is lists of values: a `geo` of all networks (m-messiah/ip2geo#4 includes six), a `map` that is
 * included (mariusv/nginx-badbot-blocker#132), a deny list below a location (hassio-addons/app-nginx-proxy-manager#447).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { files, installAndRestart, leafFor, planFor, prepareNginx, shown, start } from './real-nginx.ts';

const lines = (count: number, line: (network: string) => string): string =>
  Array.from({ length: count }, (_, i) => line(`${i >> 16}.${(i >> 8) & 255}.${i & 255}`)).join('\n');

const tls = (name: string) => `ssl_certificate ${name}.crt; ssl_certificate_key ${name}.key;`;
const server = (inside: string) =>
  `server { listen 127.0.0.1:{port} ssl; server_name a.example; ${tls('a')} ${inside} }
   server { listen 127.0.0.1:{port2}; server_name b.example; ${inside} }`;

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx with large lists', () => {
  prepareNginx();

  it.each([
    [
      'a geo of 260,000 lines that is included',
      { 'geo.txt': lines(260_000, (network) => `${network}.0/24 1;`) },
      `geo $lan { default 0; include geo.txt; } ${server('')}`,
    ],
    [
      'a geo of 260,000 lines in the file itself',
      {
        'sites/one.conf': `geo $lan {\n${lines(260_000, (network) => `${network}.0/24 1;`)}\n}\n${server('')}`,
      },
      'include sites/*.conf;',
    ],
    [
      'a map with quoted words that includes another',
      {
        'map.txt': `include more.txt;\n${lines(20_000, (name) => `"~^/old {1}/${name}$" '/new;/${name}';`)}`,
        'more.txt': lines(20_000, (name) => `/plain/${name} /new/${name};`),
      },
      `map_hash_max_size 65536; map $uri $new { include map.txt; default ""; } ${server('')}`,
    ],
    [
      'a deny list that two servers include in a location',
      { 'deny.txt': lines(260_000, (network) => `deny\t${network}.0/24;`) },
      server('location / { include deny.txt; allow all; }'),
    ],
  ])('is managed with %s', async (_what, more, http) => {
    const { endpoint } = await start({ files: { ...files({ a: leafFor('a.example') }), ...more }, http });
    const plan = await planFor(endpoint, 'a.example');
    expect(plan.standsOn).toHaveLength(Object.keys(more).length + 1);
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
  });

  it('knows by which patterns the lists include, so that nothing of its own is taken for values', async () => {
    const { endpoint, server: running } = await start({
      files: { ...files({ a: leafFor('a.example') }), 'values.txt': 'include trustkeep/*;\n/x 1;' },
      http: `map $uri $lan { include values.txt; } ${server('')} ssl_trusted_certificate a.crt;`,
    });
    await mkdir(join(running.dir, 'trustkeep'));
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'file').map(({ path }) => path)).toEqual([
      join(running.dir, 'a.key'),
      join(running.dir, 'a.crt'),
    ]);
  });
});
