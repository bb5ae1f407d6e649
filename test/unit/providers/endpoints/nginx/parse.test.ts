import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../../../../electron/providers/endpoints/common/globs.ts';
import { resolveConfiguration, walk } from '../../../../../electron/providers/endpoints/nginx/parse.ts';

const buffersOf = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));

const names = (files: Record<string, string>, main = '/etc/nginx/nginx.conf') =>
  [...walk(resolveConfiguration(buffersOf(files), main, '/usr/share/nginx').directives)].map(
    (one) => one.name,
  );

describe('the configuration that nginx -T prints', () => {
  it('has includes put in their places, globs in byte order, each as often as it is included', () => {
    const files = {
      '/etc/nginx/nginx.conf': 'first; include conf.d/*.conf; last; include conf.d/b.conf;',
      '/etc/nginx/conf.d/b.conf': 'b;',
      '/etc/nginx/conf.d/B.conf': 'B;',
      '/etc/nginx/conf.d/a.conf': 'a;',
    };
    expect(names(files)).toEqual(['first', 'B', 'a', 'b', 'last', 'b']);
  });

  it('may include in blocks, relative to the main file even from deeper files', () => {
    const files = {
      '/etc/nginx/nginx.conf': 'http { include sites/one; }',
      '/etc/nginx/sites/one': 'server { include snippets/tls; }',
      '/etc/nginx/snippets/tls': 'ssl_certificate x;',
    };
    expect(names(files)).toEqual(['http', 'server', 'ssl_certificate']);
  });

  it('takes an empty glob for nothing and refuses a file that was not printed', () => {
    expect(names({ '/etc/nginx/nginx.conf': 'include none/*; a;' })).toEqual(['a']);
    expect(() => names({ '/etc/nginx/nginx.conf': 'include gone.conf;' })).toThrow('/etc/nginx/gone.conf');
  });

  it('may be thousands of sites in a file each, which all include the same one', () => {
    const count = 3000;
    const sites = Array.from({ length: count }, (_, at) => [`/etc/nginx/sites/${at}`, 'include tls/usual;']);
    const files = Object.fromEntries(sites) as Record<string, string>;
    const main = { '/etc/nginx/nginx.conf': 'include sites/*;', '/etc/nginx/tls/usual': 'a;' };
    expect(names({ ...main, ...files })).toHaveLength(count);
  });

  it('does not follow an include in a circle for ever', () => {
    expect(() => names({ '/etc/nginx/nginx.conf': 'include nginx.conf;' })).toThrow('/etc/nginx/nginx.conf');
  });
});

describe('the glob of an include', () => {
  it.each([
    ['/a/*.conf', '/a/b.conf', true],
    ['/a/*.conf', '/a/.b.conf', false],
    ['/a/*', '/a/b/c', false],
    ['/a/?.conf', '/a/b.conf', true],
    ['/a/[ab].conf', '/a/b.conf', true],
    ['/a/[!ab].conf', '/a/b.conf', false],
    ['/a/.*', '/a/.b', true],
    ['/a/b.conf', '/a/bxconf', false],
    ['/a/*/x', '/a/b/x', true],
  ])('%s and %s: %s', (pattern, path, fits) => {
    expect(matchesGlob(pattern, path)).toBe(fits);
  });
});
