import { describe, expect, it } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import type { HostConnection, HostExec } from '../../../../../electron/providers/connections/connection.ts';
import { findCopies, markOf } from '../../../../../electron/providers/endpoints/common/copies.ts';

const leaf = makeLeaf(makeCa(), { names: ['shop.example'] }).certPem;
const renewed = makeLeaf(makeCa(), { names: ['shop.example'] }).certPem;
const mark = markOf(leaf) ?? '';

const file = { path: '/etc/nginx/private/cert.pem', realPath: '/srv/tls/cert.pem', leafPem: leaf };

function answering(text: string, asked: HostExec[] = []): HostConnection {
  return {
    async exec(request: HostExec) {
      asked.push(request);
      return { code: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0), timedOut: false };
    },
  } as unknown as HostConnection;
}

describe('the line by which a certificate is found in a store', () => {
  it('is one of its PEM, the same however it is wrapped, and another for another certificate', () => {
    expect(leaf.split('\n')).toContain(mark);
    const body = leaf.replace(/-----[A-Z ]+-----|\s/g, '');
    const wrapped = `-----BEGIN CERTIFICATE-----\r\n${body.replace(/.{76}/g, '$&\r\n')}\r\n-----END CERTIFICATE-----`;
    expect(markOf(wrapped)).toBe(mark);
    expect(markOf(`# shop\n${leaf}${renewed}`)).toBe(mark);
    expect(markOf(renewed)).not.toBe(mark);
  });

  it('is none where there is no certificate', () => {
    for (const text of ['', 'text', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])
      expect(markOf(text)).toBeNull();
  });
});

describe('copies of what other programs renew', () => {
  it('are those whose certificate a store has, or that a hook names by either of their names', async () => {
    const store = '/etc/letsencrypt/archive/a:b/cert3.pem';
    const conf = '/etc/letsencrypt/renewal/shop.conf';
    const copies = await findCopies(
      answering(
        `${store}:${mark}\n/home/a/.acme.sh/x and approve this/x.cer:${mark}\n${conf}\t/root/copy.sh\t${file.realPath}\n\t/hooks/all\t/etc/other.pem\n`,
      ),
      [file, { path: '/etc/other.pem', realPath: '/etc/other.pem', leafPem: renewed }],
    );
    expect(copies.original(file)).toBe(store);
    expect(copies.hook(file)).toEqual({ conf, script: '/root/copy.sh' });
    const other = { path: '/etc/other.pem', realPath: '/etc/other.pem', leafPem: renewed };
    expect(copies.original(other)).toBeNull();
    expect(copies.hook(other)).toEqual({ conf: null, script: '/hooks/all' });
  });

  it('are not what was not asked about, whatever is printed', async () => {
    const copies = await findCopies(answering(`/x:${markOf(renewed)}\nc\ts\t/etc/shadow\nnoise\n:\n`), [
      file,
    ]);
    expect(copies.original(file)).toBeNull();
    expect(copies.hook({ path: '/etc/shadow', realPath: '/etc/shadow', leafPem: null })).toBeNull();
  });

  it('are asked for with few commands of bounded size, without paths that could be taken for something else', async () => {
    const asked: HostExec[] = [];
    const many = Array.from({ length: 5000 }, (_, at) => ({
      ...{ path: `/etc/ssl/site${at}.pem`, realPath: `/etc/ssl/site${at}.pem`, leafPem: null },
    }));
    await findCopies(answering('', asked), [
      { ...file, path: '/etc/a\n=b' },
      { ...file, path: '-e' },
      ...many,
    ]);
    expect(asked).toHaveLength(4);
    const said = asked.map(({ stdin }) => String(stdin));
    expect(said.filter((text) => text.length > 128 * 1024)).toEqual([]);
    expect(said.join('')).toContain('/etc/ssl/site4999.pem');
    expect(String(asked[0]?.stdin)).not.toMatch(/=b|-e$/m);
    await findCopies(answering('', asked), []);
    expect(asked).toHaveLength(4);
  });

  it('are none where the host cannot search, and the loss of the connection is told', async () => {
    const failing = (error: Error) => ({ exec: () => Promise.reject(error) }) as unknown as HostConnection;
    expect((await findCopies(failing(new Error('no sh')), [file])).original(file)).toBeNull();
    const lost = new Failure('connection.lost', 'The connection was lost.');
    await expect(findCopies(failing(lost), [file])).rejects.toBe(lost);
  });
});
