import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { haveApache } from '#test/servers/apache.ts';
import {
  files,
  host,
  leafFor,
  nodeNamed,
  pair,
  planFor,
  prepareApache,
  rsaLeafFor,
  start,
} from './real-apache.ts';

const leaves = () => files({ a: leafFor('a.test'), b: leafFor('b.test'), rsa: rsaLeafFor('a.test') });

describe.skipIf(!haveApache())('a virtual host', () => {
  prepareApache();

  test.skipIf(!haveApache('md'))('of a managed domain is left alone beside lines of its own', async () => {
    const { endpoint } = await start({
      modules: ['md'],
      main: 'MDStoreDir {dir}/temp/md\nMDomain a.test\nMDRenewMode manual',
      files: leaves(),
      site: host('a.test', pair('a')),
      start: false,
    });
    expect(await nodeNamed(endpoint, 'a.test')).toMatchObject({
      managedBy: { who: 'mod_md of Apache' },
      notInstallable: expect.stringContaining('(managed domain a.test), so it is left alone.'),
    });
  });

  test('with two certificates of one kind is two nodes, each with a key of its own', async () => {
    const site = host('a.test', pair('a') + pair('b'));
    const { endpoint } = await start({ files: leaves(), site, start: false });
    const nodes = await endpoint.nodes();
    expect(nodes.map(({ name }) => name)).toEqual(['a.test (CERTIFICATE 1)', 'a.test (CERTIFICATE 2)']);
    expect(new Set(nodes.map(({ key }) => key)).size).toBe(2);
  });

  test('shares its files with one that upgrades plain connections', async () => {
    const optional = host('b.test', pair('a'), '127.0.0.1:{port2}').replace('Engine on', 'Engine optional');
    const { endpoint } = await start({
      files: leaves(),
      site: host('a.test', pair('a')) + optional,
      start: false,
    });
    const plan = await planFor(endpoint, 'a.test');
    expect(plan.warnings.join(' ')).toMatch(/also used by virtual host b\.test \(.*gets its own files/);
  });

  test.each([
    ['SSLProtocol TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256', 'rsa'],
    ['SSLProtocol all -TLSv1.3', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ecdsa'],
    ['SSLProtocol -all +TLSv1.2', 'SSL ECDHE-RSA-AES128-GCM-SHA256', 'rsa'],
    ['SSLProtocol TLSv1.2', 'HIGH:!aNULL:!RSA', undefined],
    ['SSLProtocol all -SSLv3', 'ECDHE-RSA-AES128-GCM-SHA256', undefined],
  ])('with %s and SSLCipherSuite %s needs this kind of key: %s', async (protocol, ciphers, family) => {
    const lines = `${protocol}\nSSLCipherSuite ${ciphers}\nSSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256\n`;
    const site = host('a.test', `${lines}${pair('rsa')}`);
    const { endpoint } = await start({ files: leaves(), site, start: false });
    expect((await planFor(endpoint, 'a.test')).onlyKeys?.family).toBe(family);
  });

  test('whose files have names in another encoding is named and not changed', async () => {
    const { endpoint, server } = await start({ files: leaves(), site: '', start: false });
    const inLatin1 = (text: string) => Buffer.from(text, 'latin1');
    await mkdir(inLatin1(join(server.dir, 'tls/büro')));
    for (const name of ['crt', 'key'])
      await writeFile(inLatin1(join(server.dir, `tls/büro/a.${name}`)), leaves()[`tls/a.${name}`] ?? '');
    const site = host('a.test', pair('büro/a'), '127.0.0.1:1').replaceAll('{dir}', server.dir);
    await writeFile(server.sitePath, inLatin1(`Listen 127.0.0.1:1\n${site}`));
    expect((await nodeNamed(endpoint, 'a.test')).notInstallable).toContain('its path is not text in UTF-8');
  });

  test('whose file is spelled with two slashes is no link', async () => {
    const site = host('a.test', pair('a').replaceAll('/tls/', '//tls/'));
    const { endpoint } = await start({ files: leaves(), site, start: false });
    expect((await planFor(endpoint, 'a.test')).warnings.join(' ')).not.toContain('is a link');
  });
});
