import { systemClock } from '../../electron/kit/clock.ts';
import { LocalConnection } from '../../electron/providers/connections/local/local.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { open } from '../../test/make/endpoints.ts';
import { haveApache, startApache } from '../../test/servers/apache.ts';
import { have } from '../../test/servers/available.ts';
import { startNginx } from '../../test/servers/nginx.ts';
import { type Figure, median, ms, range, time, timeAndHold } from './measure.ts';

const runs = 7;
const count = 2000;
const perFile = 10;
const numbers = Array.from({ length: count }, (_, at) => at);
const names = (at: number): string => `site${at}.example`;

/** Discovery of a shared host against the server's own dump of its configuration, measured in pairs. */
export async function twoThousandHosts(): Promise<Figure[]> {
  return [...(haveApache('info') ? await ofApache() : []), ...(have('nginx') ? await ofNginx() : [])];
}

/** A certificate for each, with one key for all: made in seconds. */
function certificates(): Record<string, string> {
  const ca = makeCa();
  const first = makeLeaf(ca, { names: ['first.example'], intermediate: true });
  return Object.fromEntries(
    numbers.flatMap((at) => {
      const leaf = makeLeaf(ca, { names: [names(at)], keyOf: first });
      return [
        [`tls/${at}.crt`, leaf.chainPem],
        [`tls/${at}.key`, leaf.keyPem],
      ];
    }),
  );
}

/** Ten to a file, as panels of shared hosts write one for each customer. */
function sites(name: (file: number) => string, text: (at: number) => string): Record<string, string> {
  const files = numbers.filter((at) => at % perFile === 0);
  return Object.fromEntries(
    files.map((from) => [
      name(from / perFile),
      numbers
        .slice(from, from + perFile)
        .map(text)
        .join(''),
    ]),
  );
}

async function ofApache(): Promise<Figure[]> {
  const server = await startApache({
    files: {
      ...certificates(),
      ...sites(
        (file) => `customers/${file}.conf`,
        (at) =>
          `<VirtualHost 127.0.0.1:{port}>\n  ServerName ${names(at)}\n  ServerAlias www.${names(at)}\n  DocumentRoot {dir}\n  SSLEngine on\n  SSLCertificateFile {dir}/tls/${at}.crt\n  SSLCertificateKeyFile {dir}/tls/${at}.key\n  <Directory {dir}>\n    Require all granted\n  </Directory>\n</VirtualHost>\n`,
      ),
    },
    site: 'Include customers/*.conf\n',
    start: false,
  });
  try {
    const dumps = ['DUMP_VHOSTS', 'DUMP_RUN_CFG', 'DUMP_INCLUDES', 'DUMP_CONFIG'];
    const load = 'LoadModule info_module /usr/lib/apache2/modules/mod_info.so';
    const endpoint = open(
      { settings: { type: 'apache', ...server.settings, certDir: null } },
      new LocalConnection(systemClock),
    );
    const dump = () => server.ask('-C', load, '-t', ...dumps.flatMap((name) => ['-D', name]));
    return await measured('Apache', 'virtual hosts', endpoint, dump);
  } finally {
    await server.stop();
  }
}

async function ofNginx(): Promise<Figure[]> {
  const server = await startNginx({
    files: {
      ...certificates(),
      ...sites(
        (file) => `customers/${file}.conf`,
        (at) =>
          `server {\n  listen 127.0.0.1:{port} ssl;\n  server_name ${names(at)} www.${names(at)};\n  root {dir};\n  ssl_certificate {dir}/tls/${at}.crt;\n  ssl_certificate_key {dir}/tls/${at}.key;\n  location / {\n    try_files $uri =404;\n  }\n}\n`,
      ),
    },
    http: 'server_names_hash_max_size 16384; include {dir}/customers/*.conf;',
    start: false,
  });
  try {
    const connection = new LocalConnection(systemClock);
    const endpoint = open(
      { settings: { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: null } },
      connection,
    );
    const dump = () =>
      connection.exec({ argv: ['nginx', '-T', '-c', server.configPath], outputBytes: 2 ** 27 });
    return await measured('nginx', 'server blocks', endpoint, dump);
  } finally {
    await server.stop();
  }
}

async function measured(
  who: string,
  what: string,
  endpoint: Endpoint,
  dump: () => Promise<unknown>,
): Promise<Figure[]> {
  if ((await endpoint.nodes()).filter(({ certificate }) => certificate !== null).length !== count)
    throw new Error('not all nodes were found');
  const beyond: number[] = [];
  const alone: number[] = [];
  const holds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const own = await time(dump);
    const { took, held } = await timeAndHold(() => endpoint.nodes());
    alone.push(own);
    beyond.push(took - own);
    holds.push(held);
  }
  const method = `Median of ${runs} pairs. ${count} ${what} in ${count / perFile} files, each with a certificate and key of its own on this machine; discovery, then the dump alone.`;
  return [
    {
      what: `Discovery of ${count} ${what} of ${who}`,
      figure: `${ms(median(beyond))} beyond the server's own dump of ${ms(median(alone))} (${range(beyond)})`,
      goal: '< 1 s beyond the dump',
      met: median(beyond) < 1000,
      method,
    },
    {
      what: `Longest delay of the loop meanwhile, ${who}`,
      figure: `${ms(median(holds))} (${range(holds)})`,
      goal: '≤ 10 ms',
      met: median(holds) <= 10,
      method: `Of each of the ${runs} discoveries the longest, the middle one of these; by Node's own monitor of the loop.`,
    },
  ];
}
