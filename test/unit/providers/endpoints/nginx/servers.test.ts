import { describe, expect, it } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { slugOf } from '../../../../../electron/providers/endpoints/common/on-disk.ts';
import { blockFor, blocksAt } from '../../../../../electron/providers/endpoints/nginx/choice.ts';
import { nodesOf } from '../../../../../electron/providers/endpoints/nginx/nodes.ts';
import { resolveConfiguration } from '../../../../../electron/providers/endpoints/nginx/parse.ts';
import { serversOf } from '../../../../../electron/providers/endpoints/nginx/servers.ts';

const main = '/etc/nginx/nginx.conf';
const read = (text: string, more: Record<string, string> = {}, links: Record<string, string> = {}) => {
  const files = new Map([
    [main, Buffer.from(text)],
    ...Object.entries(more).map(([name, content]) => [name, Buffer.from(content)] as const),
  ]);
  return serversOf(resolveConfiguration(files, main, '/usr/share/nginx'), {
    real: (path) => links[path] ?? path,
    addresses: (host) => (host === 'localhost' ? ['127.0.0.1', '::1'] : null),
  });
};
const http = (...servers: string[]) =>
  read(`http { ${servers.map((one) => `server { ${one} }`).join('\n')} }`);
const pair = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
const nodes = (servers: ReturnType<typeof read>, dial = '127.0.0.1', names: string[] = []) =>
  nodesOf(servers, dial, () => (names.length === 0 ? null : diskWith(names))).map((one) => one.node);
const ca = makeCa();
const diskWith = (names: string[]) => {
  const leaf = makeLeaf(ca, { names });
  return { facts: leaf.facts, chainPem: leaf.chainPem };
};

describe('the server blocks', () => {
  it('have certificates relative to the main file and inherit them from http', () => {
    const [one, two] = read(
      `http { ${pair} server { listen 1 ssl; } server { listen 1 ssl; ssl_certificate /b.crt; } }`,
    );
    expect(one?.pairs[0]?.certificate).toMatchObject({
      path: '/etc/nginx/a.crt',
      inherited: true,
      own: false,
    });
    expect(two?.pairs[0]?.certificate).toMatchObject({ path: '/b.crt', inherited: false, own: true });
    expect(two?.pairs[0]?.key).toMatchObject({ path: '/etc/nginx/a.key', inherited: true });
  });

  it('know that a snippet included twice is not their own', () => {
    const servers = read(
      'http { server { listen 1 ssl; include tls; } server { listen 2 ssl; include tls; } }',
      {
        '/etc/nginx/tls': pair,
      },
    );
    expect(servers.map((one) => one.pairs[0]?.certificate.own)).toEqual([false, false]);
    expect(servers.map((one) => one.once)).toEqual([true, true]);
  });

  it('know a snippet that is included by two names as one', () => {
    const servers = read(
      'http { server { listen 1 ssl; include one; } server { listen 2 ssl; include two; } }',
      { '/etc/nginx/one': pair, '/etc/nginx/two': pair },
      { '/etc/nginx/one': '/srv/tls', '/etc/nginx/two': '/srv/tls' },
    );
    expect(servers.map((one) => one.pairs[0]?.certificate.own)).toEqual([false, false]);
  });

  it('are at one address however it is spelt, also by a name the host knows', () => {
    const one = '[::1]:443';
    const servers = http(
      'listen [::1]:443 ssl default_server; server_name a;',
      'listen [0:0:0:0:0:0:0:1]:443; server_name b;',
      'listen [::0001]:443; server_name c;',
      'listen localhost:443; server_name d;',
      'listen elsewhere.test:443; server_name e;',
    );
    expect(blocksAt(servers, 'http', one).map(({ names }) => names[0])).toEqual(['a', 'b', 'c', 'd']);
    expect(blocksAt(servers, 'http', '127.0.0.1:443').map(({ names }) => names[0])).toEqual(['d']);
    expect(servers.map(({ listens }) => listens.at(-1)?.ssl)).toEqual([true, true, true, true, false]);
    expect(servers[3]?.listens.map(({ configured }) => configured)).toEqual([
      'localhost:443',
      'localhost:443',
    ]);
    expect(servers[4]?.listens.map(({ address }) => address)).toEqual(['elsewhere.test:443']);
  });

  it('share ssl with all blocks at the same address, as nginx does', () => {
    const servers = http(
      'listen 443 ssl; server_name a;',
      'listen 443; server_name b;',
      'listen 10.0.0.1:443;',
    );
    expect(servers.map((one) => one.listens[0]?.ssl)).toEqual([true, true, false]);
  });

  it('understand the old "ssl on"', () => {
    expect(http('listen 443; ssl on;')[0]?.listens[0]?.ssl).toBe(true);
  });

  it('take the web root of location /, else of the server, else of http', () => {
    const servers = read(
      'http { root html; server { listen 1; root /a; location / { root /b; } } server { listen 2; root /c; location /x { root /d; } } server { listen 3; } server { listen 4; root $x; } }',
    );
    expect(servers.map((one) => one.webRoot)).toEqual(['/b', '/c', '/usr/share/nginx/html', null]);
  });

  it('listen on port 80 when they say nothing', () => {
    expect(http('server_name a;')[0]?.listens[0]?.address).toBe('*:80');
  });
});

describe('the block that nginx picks', () => {
  const servers = http(
    'listen 443 ssl; server_name *.example.org;',
    'listen 443 ssl; server_name www.example.*;',
    'listen 443 ssl default_server; server_name default.example;',
    'listen 443 ssl; server_name www.example.org .dotted.example;',
    'listen 443 ssl; server_name ~^(?P<x>r\\d+)\\.example\\.net$;',
    'listen 443 ssl; server_name *.deep.example.org;',
    'listen 443 ssl; server_name www.example.org;',
  );
  const index = (name: string | null) => blockFor(servers, 'http', '*:443', name)?.index;

  it('is the default one without a name or with an unknown name', () => {
    expect(index(null)).toBe(2);
    expect(index('unknown.example')).toBe(2);
    expect(blocksAt(servers, 'http', '*:443')[0]?.index).toBe(2);
  });

  it('follows exact names, then the longest wildcard, then a tail, then regular expressions', () => {
    expect(index('www.example.org')).toBe(3);
    expect(index('a.example.org')).toBe(0);
    expect(index('a.deep.example.org')).toBe(5);
    expect(index('www.example.net')).toBe(1);
    expect(index('r12.example.net')).toBe(4);
    expect(index('dotted.example')).toBe(3);
    expect(index('x.dotted.example')).toBe(3);
  });
});

describe('the nodes', () => {
  it('are dialled at the loopback, at ::1 and at concrete addresses', () => {
    const [node] = nodes(
      http(
        `listen 443 ssl; listen [::]:443 ssl; listen 10.0.0.5:8443 ssl; listen 80; ${pair} server_name a.example;`,
      ),
    );
    expect(node?.bindings.map((one) => [one.address, one.port, one.configured])).toEqual([
      ['127.0.0.1', 443, '*:443'],
      ['::1', 443, '[::]:443'],
      ['10.0.0.5', 8443, '10.0.0.5:8443'],
    ]);
  });

  it('are dialled at the address of a remote host, once for both families', () => {
    const [node] = nodes(http(`listen 443 ssl; listen [::]:443 ssl; ${pair}`), '192.0.2.7');
    expect(node?.bindings).toEqual([
      { address: '192.0.2.7', port: 443, configured: '*:443, [::]:443', isDefault: true },
    ]);
  });

  it('are dialled around a listener that takes the address away', () => {
    const [first] = nodes(http(`listen 443 ssl; ${pair}`, `listen 127.0.0.1:443 ssl; ${pair}`));
    expect(first?.bindings[0]?.address).toBe('127.0.0.2');
  });

  it('have keys that do not depend on files, lines or order, and number what repeats', () => {
    const a = nodes(http(`listen 443 ssl; listen 8443 ssl; server_name b.example a.example; ${pair}`));
    const b = nodes(
      read(`\n\nhttp { include x; }`, {
        '/etc/nginx/x': `server { server_name a.example b.example; ${pair} listen 8443 ssl; listen 443 ssl; }`,
      }),
    );
    expect(a[0]?.key).toBe(b[0]?.key);
    const twice = nodes(http('listen 80; server_name a;', 'listen 80; server_name a;'));
    expect(twice.map((one) => one.key)).toEqual(['http *:80 a', 'http *:80 a #2']);
    expect(slugOf(twice[0] as never)).not.toBe(slugOf(twice[1] as never));
  });

  it('have their first name, and the others as alias', () => {
    const [node] = nodes(http('listen 80; server_name "" a.example *.b.example;'));
    expect(node).toMatchObject({ name: 'a.example', alias: '*.b.example' });
    expect(nodes(http('listen 8080; server_name _;'))[0]?.name).toBe('*:8080');
  });

  it.each([
    ['listen 80;', 'no ssl listener'],
    ['listen 443 ssl; ssl_reject_handshake on;', 'refuses every TLS handshake'],
    [
      'listen 443 ssl; ssl_certificate $ssl_server_name.crt; ssl_certificate_key a.key;',
      'contains a variable',
    ],
    ['listen 443 ssl; ssl_certificate data:$x; ssl_certificate_key a.key;', '"data:…"'],
    ['listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key engine:pkcs11:x;', '"engine:…"'],
    [`listen unix:/run/x.sock ssl; listen 443 quic; ${pair}`, 'local socket'],
  ])('cannot be installed to when the block says %j', (block, reason) => {
    expect(nodes(http(block))[0]?.notInstallable).toContain(reason);
  });

  it('cannot be installed to when nginx never picks the block', () => {
    const [, second] = nodes(
      http(`listen 443 ssl; server_name a; ${pair}`, `listen 443 ssl; server_name a; ${pair}`),
    );
    expect(second?.notInstallable).toContain('never picks');
  });

  it('are asked by a name that leads to them', () => {
    const servers = http(
      `listen 443 ssl; server_name first.example; ${pair}`,
      `listen 443 ssl; server_name *.w.example; ${pair}`,
      `listen 443 ssl; server_name ~^r\\d\\.example$; ${pair}`,
      `listen 443 ssl; server_name _; ${pair}`,
    );
    const found = nodesOf(servers, '127.0.0.1', () => diskWith(['x.example', 'r7.example']));
    expect(found.map((one) => one.places.proofs[0]?.serverName)).toEqual([
      'first.example',
      'trustkeep-check.w.example',
      'r7.example',
      undefined,
    ]);
  });

  it('are two when a block has an RSA and an ECDSA certificate', () => {
    const servers = http(
      'listen 443 ssl; server_name a; ssl_certificate r.crt; ssl_certificate_key r.key; ssl_certificate e.crt; ssl_certificate_key e.key;',
    );
    const rsa = makeLeaf(ca, { names: ['a'], keyType: 'rsa-2048' });
    const ec = makeLeaf(ca, { names: ['a'] });
    const found = nodesOf(servers, '127.0.0.1', (path) => (path.endsWith('r.crt') ? rsa : ec)).map(
      (one) => one.node,
    );
    expect(found.map((one) => [one.name, one.keyPath, one.notInstallable])).toEqual([
      ['a (RSA)', '/etc/nginx/r.key', null],
      ['a (ECDSA)', '/etc/nginx/e.key', null],
    ]);
    expect(new Set(found.map((one) => one.key)).size).toBe(2);
    const same = nodesOf(servers, '127.0.0.1', () => ec).map((one) => one.node.notInstallable);
    expect(same[0]).toContain('not clear which');
  });
});
