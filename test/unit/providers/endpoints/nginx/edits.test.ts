import { describe, expect, it } from 'vitest';
import { applyLines } from '../../../../../electron/providers/endpoints/common/configuration-lines.ts';
import { ownFilesEdits } from '../../../../../electron/providers/endpoints/nginx/edits.ts';
import { resolveConfiguration } from '../../../../../electron/providers/endpoints/nginx/parse.ts';
import { serversOf } from '../../../../../electron/providers/endpoints/nginx/servers.ts';

const main = '/etc/nginx/nginx.conf';
const paths = { certificate: '/n/x.crt', key: '/n/x.key' };

function edited(text: string, index = 0, more: Record<string, string> = {}) {
  const files = new Map(
    Object.entries({ [main]: text, ...more }).map(([name, content]) => [name, Buffer.from(content)]),
  );
  const server = serversOf(resolveConfiguration(files, main, '/p'), {
    real: (path) => path,
    addresses: () => null,
  })[index];
  if (server === undefined) throw new Error('no such server');
  const edits = ownFilesEdits(server, server.pairs[0] ?? null, paths, (name) => files.get(name));
  const file = edits?.[0]?.file ?? main;
  return edits && { edits, text: applyLines(files.get(file) ?? Buffer.alloc(0), edits).toString() };
}

describe('the edit that gives a server block its own files', () => {
  it('replaces just the two arguments', () => {
    const text =
      'http { server { listen 1 ssl; ssl_certificate "a b.crt"; # keep\n  ssl_certificate_key   a.key ; } }';
    const result = edited(text);
    expect(result?.text).toBe(text.replace('"a b.crt"', '/n/x.crt').replace('a.key', '/n/x.key'));
    expect(result?.edits.map((one) => one.shown)).toEqual([
      { path: main, line: 1, before: 'ssl_certificate "a b.crt";', after: 'ssl_certificate /n/x.crt;' },
      { path: main, line: 2, before: 'ssl_certificate_key a.key;', after: 'ssl_certificate_key /n/x.key;' },
    ]);
  });

  // certbot/certbot#5633 and slomkowski/nginx-config-formatter#31 are about files that are mixed afterwards
  it.each([
    ['line feeds and spaces', '\n', '        '],
    ['carriage returns', '\r\n', '    '],
    ['carriage returns and tabs', '\r\n', '\t\t'],
    ['an empty line before', '\n', '\t', '\n'],
    ['a comment behind the bracket', '\r\n', '  ', '', ' # shop'],
  ])('writes new lines as the file has them: %s', (_what, eol, indent, empty = '', comment = '') => {
    const around = `http {${eol}ssl_certificate a;${eol}ssl_certificate_key b;${eol}server {`;
    const rest = `${comment}${eol}${empty}${indent}listen 1 ssl;${eol}}${eol}server { listen 1 ssl; }${eol}}${eol}`;
    const lines = `${eol}${indent}ssl_certificate /n/x.crt;${eol}${indent}ssl_certificate_key /n/x.key;`;
    expect(edited(around + rest)?.text).toBe(around + lines + rest);
    expect(edited(around + rest, 1)?.text).toContain(
      `{${eol}    ssl_certificate /n/x.crt;${eol}    ssl_cert`,
    );
  });

  it('puts directives at the beginning of a block that inherits its certificate', () => {
    const text =
      'http { ssl_certificate a; ssl_certificate_key b; server { listen 1 ssl; } server { listen 1 ssl; } }';
    const result = edited(text, 1);
    expect(result?.text).toBe(
      text.replace(/server \{ listen 1 ssl; \} \}$/, (all) =>
        all.replace('{', '{\n    ssl_certificate /n/x.crt;\n    ssl_certificate_key /n/x.key;'),
      ),
    );
    expect(result?.edits[0]?.shown).toMatchObject({ before: '', line: 1 });
  });

  it('adds only the key when only the key is inherited', () => {
    const text = 'http { ssl_certificate_key b; server { listen 1 ssl; ssl_certificate a; } }';
    expect(edited(text)?.text).toBe(
      'http { ssl_certificate_key b; server {\n    ssl_certificate_key /n/x.key; listen 1 ssl; ssl_certificate /n/x.crt; } }',
    );
  });

  it('is not made in a snippet that other blocks include too', () => {
    const text = 'http { server { listen 1 ssl; include t; } server { listen 2 ssl; include t; } }';
    expect(edited(text, 0, { '/etc/nginx/t': 'ssl_certificate a; ssl_certificate_key b;' })).toBeNull();
  });

  it('is not made when it would push out a second inherited certificate', () => {
    const two = 'ssl_certificate a; ssl_certificate_key b; ssl_certificate c; ssl_certificate_key d;';
    expect(edited(`http { ${two} server { listen 1 ssl; } }`)).toBeNull();
  });
});
