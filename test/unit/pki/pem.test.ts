import { describe, expect, test } from 'vitest';
import { busy } from '#test/make/busy.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { certificatesOf, splitPem, toPem } from '../../../electron/pki/pem.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { failureOf } from './failure-of.ts';

const ca = makeCa();
const leaf = makeLeaf(ca, { names: ['www.example.org'], intermediate: true });
const [first = '', second = ''] = certificatesOf(leaf.chainPem);

describe('a PEM text', () => {
  test('is split into its blocks whatever lies between them', () => {
    const text = `Subject: CN=x\r\n\r\n${leaf.keyPem}some words: with colon\n${leaf.chainPem}bye`;
    expect(splitPem(text).map(({ label }) => label)).toEqual(['PRIVATE KEY', 'CERTIFICATE', 'CERTIFICATE']);
    expect(certificatesOf(text)).toEqual([first, second]);
  });

  test.each([
    ['CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR', (text: string) => text.replaceAll('\n', '\r')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['indentation', (text: string) => text.replaceAll('\n', '\n\t  ')],
    ['no line end between blocks', (text: string) => text.replaceAll('-----\n-----', '----------')],
    ['no line end at its end', (text: string) => text.trimEnd()],
    ['one long line', (text: string) => text.replace(/([A-Za-z0-9+/=])\n(?!-)/g, '$1')],
    ['blank lines', (text: string) => text.replaceAll('\n', '\n\n')],
  ])('with %s gives the same blocks', (_name, change) => {
    expect(certificatesOf(change(leaf.chainPem))).toEqual([first, second]);
  });

  test('with old labels gives certificates all the same', () => {
    const trusted = Buffer.concat([splitPem(first)[0]!.der, Buffer.from('3000', 'hex')]);
    const text = toPem('X509 CERTIFICATE', splitPem(second)[0]!.der) + toPem('TRUSTED CERTIFICATE', trusted);
    expect(certificatesOf(text)).toEqual([second, first]);
    expect(readCertificate(toPem('TRUSTED CERTIFICATE', trusted))).toEqual(leaf.facts);
  });

  test('keeps the headers of an old encrypted key', () => {
    const text =
      '-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n\r\nAAAA\r\n-----END RSA PRIVATE KEY-----\r\n';
    expect(splitPem(text)[0]?.pem).toBe(text.replaceAll('\r\n', '\n'));
  });

  test('without blocks gives none', () => {
    expect(splitPem('')).toEqual([]);
    expect(splitPem('-----BEGIN')).toEqual([]);
  });

  test.each([
    ['cut off', first.slice(0, 200)],
    ['not base64', first.replace('M', '!')],
    ['a character short', first.replace('M', '')],
    ['empty', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
    ['ended by another label', first.replace('END CERTIFICATE', 'END X')],
  ])('with a block that is %s is refused', (_name, text) => {
    expect(failureOf(() => splitPem(text)).code).toBe('pem.unreadable');
    expect(failureOf(() => readCertificate(text)).code).toBe('certificate.unreadable');
  });

  test('of a great many begin lines is refused at once', async () => {
    const text = '-----BEGIN CERTIFICATE-----\n'.repeat(200_000);
    const { took, outcome } = await busy(() => failureOf(() => splitPem(text)).code);
    expect(outcome).toBe('pem.unreadable');
    expect(took).toBeLessThan(2000);
  });
});
