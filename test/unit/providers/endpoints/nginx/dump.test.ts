import { describe, expect, it } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { dumpOf, sumsOf } from '#test/make/nginx-dump.ts';
import { hashesOf } from '../../../../../electron/providers/connections/common/hashes.ts';
import type { HostConnection } from '../../../../../electron/providers/connections/connection.ts';
import { filesPrinted } from '../../../../../electron/providers/endpoints/nginx/dump.ts';

type Files = Record<string, string | Buffer>;

/** A host with these files; `asked`: what it ran and read. */
function hostWith(files: Files, hasSums = true) {
  const asked: string[] = [];
  const of = (path: string): Buffer => {
    const content = files[path];
    if (content === undefined) throw new Failure('file.missing', 'It is not there.');
    return Buffer.from(content);
  };
  const host: Pick<HostConnection, 'exec' | 'hash' | 'hashes' | 'read'> = {
    hashes: (paths) => hashesOf(host, paths),
    async exec({ argv }) {
      asked.push(argv.slice(0, 2).join(' '));
      if (hasSums) return sumsOf(files, argv);
      return { code: 127, stdout: Buffer.alloc(0), stderr: Buffer.from('not found'), timedOut: false };
    },
    async hash(path) {
      asked.push(`hash ${path}`);
      return sumsOf({ [path]: of(path) }, ['', '', path])
        .stdout.toString()
        .slice(0, 64);
    },
    async read(path) {
      asked.push(`read ${path}`);
      return of(path);
    },
  };
  return { host: host as HostConnection, asked };
}

async function printed(files: Files, dump = dumpOf(files), hasSums = true) {
  const { host, asked } = hostWith(files, hasSums);
  const found = await filesPrinted(host, dump);
  return { asked, found: Object.fromEntries([...found].map(([name, text]) => [name, text.toString()])) };
}

const marker = (name: string) => `# configuration file ${name}:\n`;

describe('what nginx -T prints', () => {
  it('is split into the exact bytes of each file, with one question to the host', async () => {
    const files = { '/etc/nginx/nginx.conf': 'a;\n', '/etc/nginx/x.conf': '', '/etc/nginx/y.conf': 'b;\r\n' };
    expect(await printed(files)).toEqual({ found: files, asked: ['sha256sum --'] });
  });

  it('is not split at a marker that is not at the start of a line or names no path', async () => {
    const files = { '/n.conf': 'a; # configuration file /x:\n# configuration file for us\n' };
    expect(await printed(files)).toMatchObject({ found: files, asked: ['sha256sum --'] });
  });

  it.each([
    ['its own name', '/b.conf'],
    ['a file before it', '/a.conf'],
    ['a file behind it', '/c.conf'],
    ['a file that is not there', '/gone.conf'],
  ])('is not split at a comment like that of nginx with %s', async (_whose, name) => {
    const files = {
      '/a.conf': 'a;\n',
      '/b.conf': `${marker(name)}server { listen 443 ssl; }\n${marker(name)}b;`,
      '/c.conf': 'c;\n',
    };
    expect(await printed(files)).toMatchObject({ found: files });
  });

  it('is not split at the start of a whole dump that somebody pasted', async () => {
    const inner = dumpOf({ '/b.conf': 'old;\n', '/c.conf': 'c;\n' });
    const files = { '/b.conf': Buffer.concat([Buffer.from('new;\n'), inner]), '/c.conf': 'c;\n' };
    expect((await printed(files)).found).toEqual({ '/b.conf': `new;\n${inner}`, '/c.conf': 'c;\n' });
  });

  it('keeps the names that sha256sum escapes', async () => {
    const files = { '/a\\b.conf': 'a;', '/with blank.conf': 'b;', "/it's.conf": 'c;' };
    expect(await printed(files)).toEqual({ found: files, asked: ['sha256sum --'] });
  });

  it('is compared file by file where there is no sha256sum', async () => {
    const files = { '/a.conf': 'a;', '/b.conf': 'b;' };
    const { found, asked } = await printed(files, dumpOf(files), false);
    expect(found).toEqual(files);
    expect(asked).toEqual(['sha256sum --', 'hash /a.conf', 'hash /b.conf']);
  });

  it('asks for thousands of files in a few commands', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`/etc/nginx/sites/${i}.conf`, `${i};`]),
    );
    const { found, asked } = await printed(files);
    expect(Object.keys(found)).toHaveLength(5000);
    expect(asked.length).toBeLessThan(5);
  });

  it.each([
    ['a file that changed meanwhile', { '/a.conf': 'a;', '/b.conf': 'b2;' }],
    ['a file that lost its end', { '/a.conf': 'a;', '/b.conf': 'b; and what was cut off' }],
  ])('is refused with %s', async (_what, files) => {
    await expect(printed(files, dumpOf({ '/a.conf': 'a;', '/b.conf': 'b;' }))).rejects.toMatchObject({
      code: 'endpoint.configuration-changed',
      message: '/b.conf is not as nginx has just printed it.',
    });
  });
});
