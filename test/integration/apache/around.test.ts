import { describe, expect, test } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { haveApache } from '#test/servers/apache.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { files, host, leafFor, pair, planFor, prepareApache, rsaLeafFor, start } from './real-apache.ts';

describe.skipIf(!haveApache())('the server around a virtual host', () => {
  prepareApache();

  test('gives it a certificate of the kind that it has not got itself', async () => {
    const [own, ec, rsa] = [leafFor('a.test'), leafFor('around.test'), rsaLeafFor('around.test')];
    const { server, endpoint } = await start({
      files: files({ a: own, ec, rsa }),
      main: pair('ec') + pair('rsa'),
      site: host('a.test', pair('a')),
    });
    const at = { address: '127.0.0.1', port: server.ports[0] ?? 0, serverName: 'a.test' };
    const shown = async (keyAlgorithm: 'rsa' | 'ecdsa') => {
      const answer = await probeTls({ ...at, keyAlgorithm });
      return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
    };
    expect([await shown('ecdsa'), await shown('rsa')]).toEqual([
      own.facts.fingerprint,
      rsa.facts.fingerprint,
    ]);
    const found = (await endpoint.nodes()).flatMap(({ serverNames, certificate }) =>
      serverNames.includes('a.test') ? [certificate?.fingerprint] : [],
    );
    expect(found).toEqual([own.facts.fingerprint, rsa.facts.fingerprint]);
  });

  test('keeps a chain file that the certificate of another host cannot do without', async () => {
    const [a, b] = [leafFor('a.test'), leafFor('b.test')];
    const { endpoint } = await start({
      files: {
        ...files({ a, b }),
        'tls/b.crt': b.certPem,
        'tls/chain.pem': b.chainPem.slice(b.certPem.length),
      },
      main: 'SSLCertificateChainFile {dir}/tls/chain.pem',
      site: host('a.test', pair('a')) + host('b.test', pair('b')),
      start: false,
    });
    await expect(planFor(endpoint, 'a.test')).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringMatching(/a certificate of virtual host b\.test \(.*\) cannot do without it/),
    });
  });

  test('is not given lines in a file that is included twice', async () => {
    const { endpoint } = await start({
      files: { ...files({ a: leafFor('a.test', 'b.test') }), 'twice.conf': host('a.test', '') },
      main: pair('a'),
      site: `Include {dir}/twice.conf\nInclude {dir}/twice.conf\n${host('b.test', '')}`,
      start: false,
    });
    const plan = await planFor(endpoint, 'a.test');
    expect(changesOf(plan.changes, 'configuration-line')).toEqual([]);
    expect(plan.warnings.join(' ')).toMatch(/virtual host b\.test \(.*\) serves the same file/i);
  });
});
