import { describe, expect, it } from 'vitest';
import { resolveConfiguration } from '../../../../../electron/providers/endpoints/nginx/parse.ts';
import { serversOf } from '../../../../../electron/providers/endpoints/nginx/servers.ts';
import { sharedBy } from '../../../../../electron/providers/endpoints/nginx/sharing.ts';

const main = '/etc/nginx/nginx.conf';
const pair = 'ssl_certificate a.crt; ssl_certificate_key a.key;';

/** As `sharedIn`, in one list. */
function usersIn(text: string): string[] {
  const { blocks, uses } = sharedIn(text);
  return [...blocks.map(({ place }) => place), ...uses.map(({ who }) => who)];
}

/** Who else uses the files of the first block; `tls` is a file with its pair. */
function sharedIn(text: string) {
  const files = new Map(Object.entries({ [main]: text, '/etc/nginx/tls': pair }));
  const bytes = new Map([...files].map(([name, content]) => [name, Buffer.from(content)]));
  const configuration = resolveConfiguration(bytes, main, '/usr/share/nginx');
  const names = { real: (path: string) => path, addresses: () => null };
  const servers = serversOf(configuration, names);
  const [server] = servers;
  const own = server?.pairs[0];
  if (server === undefined || own === undefined) throw new Error('no pair');
  return sharedBy(configuration, servers, server, own, names.real);
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

  it.each<[string, string, number, number]>([
    ['of its own', web(`${pair} ssl_trusted_certificate a.crt;`), 0, 1],
    [
      'of its own that says who gets in',
      web(`${pair} ssl_trusted_certificate a.crt; ssl_verify_client on;`),
      1,
      0,
    ],
    ['of all servers', `http { ssl_trusted_certificate a.crt; server { listen 1 ssl; ${pair} } }`, 1, 0],
    ['below its block', web(`${pair} location / { proxy_ssl_trusted_certificate a.crt; }`), 1, 0],
    ['of a pair too', web(`${pair} ssl_conf_command Certificate a.crt;`), 0, 1],
    ['of another kind', web(`${pair} ssl_client_certificate a.crt;`), 1, 0],
  ])('is not a directive %s: %s', (_what, text, uses, own) => {
    const shared = sharedIn(text);
    expect([shared.uses.length, shared.own.length]).toEqual([uses, own]);
  });

  it('is not what a block says that serves the same pair, but one that does not', () => {
    const trusted = 'ssl_trusted_certificate a.crt;';
    const two = (second: string) =>
      `http { server { listen 1 ssl; ${pair} ${trusted} } server { listen 2 ssl; ${second} } }`;
    expect(sharedIn(two(`${pair} ${trusted}`))).toMatchObject({ uses: [], own: [{}, {}] });
    expect(sharedIn(two(`ssl_certificate b; ssl_certificate_key b; ${trusted}`))).toMatchObject({
      ...{ uses: [{}], own: [{}] },
    });
  });

  it.each([
    ['a block that is not read', `${web()}\nrtmp { server { ${pair} } }`, 2],
    ['a block below a server that is not read', web(`${pair} other { ssl_certificate_key a.key; }`), 1],
    ['one file in a block that is not read', `${web('include tls;')} quux { include tls; }`, 2],
  ])('is %s too', (_who, text, count) => {
    expect(usersIn(text)).toHaveLength(count);
  });
});
