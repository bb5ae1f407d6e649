import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certificateDer, certificatesOf } from '../../../electron/pki/pem.ts';
import { makeTestOrder, obtain } from '../../make/acme.ts';
import { makeCa } from '../../make/certificates.ts';
import { startIssuerFiles } from '../../servers/issuer-files.ts';
import { acme, ca, prepareStrictCa, ready } from './strict-ca.ts';

describe.skipIf(!ready)('a CA that leaves intermediates out of the chain', () => {
  prepareStrictCa();
  let files: Awaited<ReturnType<typeof startIssuerFiles>>;
  beforeEach(async () => {
    files = await startIssuerFiles();
    ca.script({ sendsLeafAlone: true, issuerAt: files.at('/issuer') });
  });
  afterEach(() => files.stop());
  const chainOf = async () =>
    certificatesOf(await obtain(acme(ca).authority, await makeTestOrder(['a.example'])));

  // breard-r/acmed#29, diafygi/acme-tiny#77
  test.each([
    ['DER', () => certificateDer(ca.intermediatePem)],
    ['PEM', () => ca.intermediatePem],
  ])('gets them from where its certificates say they are, as %s', async (_form, content) => {
    files.put('/issuer', content());
    expect((await chainOf())[1]).toBe(ca.intermediatePem);
    expect(files.asked).toEqual(['/issuer']);
  });

  test.each<[string, () => string | Buffer]>([
    ['nothing is there', () => ''],
    ['a page is there', () => '<html>hello</html>'],
    ['another CA of the same name is there', () => makeCa({ commonName: 'Strict intermediate' }).certPem],
    ['something endless is there', () => Buffer.alloc(10 ** 6, 0x30)],
    ['the leaf itself is there', () => ca.state.issued[0] ?? ''],
  ])('keeps the chain as it was sent when %s', async (_what, content) => {
    files.put('/issuer', content());
    expect(await chainOf()).toHaveLength(1);
  });

  test.each(['ldap:///CN=Issuing%20CA', 'file:///etc/passwd', 'ftp://127.0.0.1/issuer', 'javascript:1'])(
    'is asked by http and https only, never by %s',
    async (place) => {
      ca.script({ issuerAt: place });
      const { authority, requests } = acme(ca);
      const chain = await obtain(authority, await makeTestOrder(['a.example']));
      expect(certificatesOf(chain)).toHaveLength(1);
      expect(requests.every((line) => line.includes(new URL(ca.directoryUrl).host))).toBe(true);
    },
  );

  test('is not asked for more when the chain reaches a root that was given', async () => {
    ca.script({ sendsLeafAlone: false });
    const settings = { trustedRootsPem: ca.rootPem + ca.issuerRootPem };
    await obtain(acme(ca, { settings }).authority, await makeTestOrder(['a.example']));
    expect(files.asked).toEqual([]);
  });
});
