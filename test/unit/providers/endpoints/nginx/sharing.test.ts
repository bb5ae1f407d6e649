import { describe, expect, it } from 'vitest';
import { resolveConfiguration } from '../../../../../electron/providers/endpoints/nginx/parse.ts';
import { serversOf } from '../../../../../electron/providers/endpoints/nginx/servers.ts';
import { sharedBy } from '../../../../../electron/providers/endpoints/nginx/sharing.ts';

const main = '/etc/nginx/nginx.conf';
const pair = 'ssl_certificate a.crt; ssl_certificate_key a.key;';

/** Who else uses the files of the first block; `tls` is a file with its pair. */
function usersIn(text: string): string[] {
  const files = new Map(Object.entries({ [main]: text, '/etc/nginx/tls': pair }));
  const bytes = new Map([...files].map(([name, content]) => [name, Buffer.from(content)]));
  const configuration = resolveConfiguration(bytes, main, '/usr/share/nginx');
  const names = { real: (path: string) => path, addresses: () => null };
  const servers = serversOf(configuration, names);
  const [server] = servers;
  const own = server?.pairs[0];
  if (server === undefined || own === undefined) throw new Error('no pair');
  const { blocks, uses } = sharedBy(configuration, servers, server, own, names.real);
  return [...blocks.map(({ place }) => place), ...uses.map(({ who }) => who)];
}

const web = (inside = pair) => `http { server { listen 443 ssl; ${inside} } }`;

describe('who else uses the files of a server block', () => {
  it.each([
    ['no one', web(), []],
    ['what it inherits itself', `http { ${pair} server { listen 443 ssl; } }`, []],
    ['http where every block has its own', `http { ${pair} server { listen 443 ssl; ${pair} } }`, []],
    ['a mail server', `${web()}\nmail { server { listen 993 ssl; ${pair} } }`, [`${main}:2`]],
    [
      'a mail server that inherits',
      `${web()}\nmail { ${pair} ssl on;\nserver { listen 993; } }`,
      [`${main}:3`],
    ],
    [
      'a listener that is a local socket',
      `${web()}\nstream { server { listen unix:/x ssl; ${pair} } }`,
      [`${main}:2`],
    ],
  ])('is %s', (_who, text, expected) => {
    expect(usersIn(text)).toEqual(expected);
  });

  it.each([
    ['a block that is not read', `${web()}\nrtmp { server { ${pair} } }`, 2],
    ['a block below a server that is not read', web(`${pair} other { ssl_certificate_key a.key; }`), 1],
    ['one file in a block that is not read', `${web('include tls;')} quux { include tls; }`, 2],
  ])('is %s too', (_who, text, count) => {
    expect(usersIn(text)).toHaveLength(count);
  });
});
