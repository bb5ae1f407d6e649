import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { testCa } from '#test/make/endpoints.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import type { TomcatMajor } from '../../../scripts/find-tomcat.ts';
import { endpointOf, files, leafAt, leafFor } from './real-tomcat.ts';
import { doctype, partXml, shapes as pemShapes, properties } from './shapes.ts';
import { storeFiles, storeShapes } from './store-shapes.ts';

const shapes = [...pemShapes, ...storeShapes];

const leaves = {
  a: leafFor('a.example'),
  b: leafFor('b.example'),
  wild: leafFor('*.wild.example'),
  leafonly: leafFor('leaf.example'),
  rsa: makeLeaf(testCa, { names: ['a.example'], intermediate: true, keyType: 'rsa-2048' }),
};
const [leafOnly = '', ...chain] = certificatesOf(leaves.leafonly.chainPem);
const encrypted = createPrivateKey(leaves.a.keyPem).export({
  ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'changeit' },
});
const others = {
  'conf/leafonly.crt': leafOnly,
  'conf/chain.pem': chain.join(''),
  'conf/both.pem': `${leaves.b.keyPem}${leaves.b.chainPem}`,
  'conf/encrypted.key': encrypted as string,
};

/** By the port of each shape: `{port3}` is the first. */
const portOf = (at: number) => `{port${at + 3}}`;

async function startWithShapes(major: TomcatMajor): Promise<RunningTomcat> {
  return startTomcat({
    ...{ major, doctype, properties, options: '-Dgiven=b' },
    connectors: shapes.map((shape, at) => shape.connectors.replaceAll('{p}', portOf(at))).join('\n'),
    files: {
      ...files(leaves),
      ...others,
      ...(await storeFiles(leaves, testCa.certPem)),
      'conf/part.xml': partXml(portOf(shapes.findIndex(({ name }) => name.includes('file of its own')))),
    },
  });
}

/** Every shape in one Tomcat of a version, which says what it really serves. */
export function shapesSuite(major: TomcatMajor): void {
  describe.skipIf(!haveTomcat(major))(`Tomcat ${major}, configured as people do it`, () => {
    let server: RunningTomcat;
    let nodes: DiscoveredNode[];
    beforeAll(async () => {
      server = await startWithShapes(major);
      nodes = await endpointOf(server).nodes();
    });
    afterAll(() => server?.stop());

    it.each(shapes.map((shape, at) => ({ ...shape, at })))('$name', async ({ at, nodes: usual, unlike }) => {
      const port = server.ports[at + 2] ?? 0;
      const expected = unlike?.[major] ?? usual;
      const found = nodes.filter(({ key }) => key.includes(`:${port} `));
      expect(found.map(({ key }) => key.replace(/^\S+ \S+ /, '')).toSorted()).toEqual(
        Object.keys(expected).toSorted(),
      );
      for (const node of found) {
        const leaf = expected[node.key.replace(/^\S+ \S+ /, '')] ?? null;
        if (leaf === null || leaf === '') {
          const why = leaf === null ? expect.any(String) : null;
          expect([node.key, node.notInstallable]).toEqual([node.key, why]);
          expect([node.key, await leafAt(port, null)]).toEqual([node.key, 'refused']);
          continue;
        }
        const fingerprint = leaves[leaf as keyof typeof leaves].facts.fingerprint;
        const [, , asked = '', kind] = node.key.split(' ');
        const name = asked === '_default_' ? null : asked.replace('*', 'x');
        const algorithm = kind === undefined ? undefined : kind === 'rsa' ? 'rsa' : 'ecdsa';
        expect([node.key, node.notInstallable, node.certificate?.fingerprint]).toEqual([
          node.key,
          null,
          fingerprint,
        ]);
        expect([node.key, await leafAt(port, name, algorithm)]).toEqual([node.key, fingerprint]);
      }
    });
  });
}
