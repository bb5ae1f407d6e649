import { describe, expect, it } from 'vitest';
import { nodesOf } from '../../../../../electron/providers/endpoints/nginx/nodes.ts';
import { resolveConfiguration } from '../../../../../electron/providers/endpoints/nginx/parse.ts';
import { type Server, serversOf } from '../../../../../electron/providers/endpoints/nginx/servers.ts';

const main = '/etc/nginx/nginx.conf';
const pair = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
const read = (text: string) =>
  serversOf(resolveConfiguration(new Map([[main, Buffer.from(text)]]), main, '/usr/share/nginx'), {
    real: (path) => path,
    addresses: () => null,
  });
const nodes = (servers: Server[]) => nodesOf(servers, '127.0.0.1', () => null).map(({ node }) => node);

describe('server blocks outside http', () => {
  it('are found in stream too', () => {
    const servers = read(`stream { server { listen 8443 ssl; ${pair} } }`);
    expect(servers[0]).toMatchObject({ context: 'stream' });
    expect(nodes(servers)[0]).toMatchObject({ protocol: 'tls', notInstallable: null });
  });

  it('are shown as what they speak: as they say, else by their port as nginx tells it', () => {
    const [mail, stream] = [
      [
        `listen 993 ssl; ${pair}`,
        `listen 143; starttls on; ${pair}`,
        `listen 2143; protocol imap; starttls only; ${pair}`,
        `listen 2525 ssl; protocol smtp; ${pair}`,
        'listen 110;',
        `listen 465 ssl; ${pair}`,
        'listen 587;',
      ],
      [`listen 636 ssl; ${pair}`, 'listen 53 udp;'],
    ].map((blocks) => blocks.map((block) => `server { server_name a; ${block} }`).join(' '));
    const servers = read(`mail { ${mail} } stream { ${stream?.replaceAll('server_name a; ', '')} }`);
    expect(nodes(servers).map(({ protocol }) => protocol)).toEqual([
      ...['imaps', 'imap-starttls', 'imap-starttls', 'smtps', 'pop3', 'smtps', 'smtp'],
      ...['tls', 'stream'],
    ]);
  });

  it('have the web root of the web server of the same name when they serve no files themselves', () => {
    const servers = read(
      `http { server { listen 80; server_name b; root /b; } server { listen 80; server_name a; root /a; } server { listen 81; server_name c; } }
       mail { server { listen 993 ssl; server_name a; ${pair} } server { listen 995 ssl; server_name x; ${pair} } }`,
    );
    expect(nodes(servers).map(({ webRoot }) => webRoot)).toEqual(['/b', '/a', null, '/a', null]);
  });

  it('say outside http what a listener without TLS needs there', () => {
    const servers = read('mail { server { listen 143; } } stream { server { listen 1; } }');
    expect(nodes(servers).map(({ notInstallable }) => notInstallable)).toEqual([
      expect.stringMatching(/^This mail server block has no ssl listener; add "ssl" to its listen/),
      expect.stringMatching(/^This stream server block has no ssl listener; add "ssl" to its listen/),
    ]);
  });
});
