import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { type EndpointShape, filesOfOthers, type MadeEndpoint, newLeaf } from '#test/make/endpoints.ts';

export const shape: EndpointShape = {
  everything: {
    ...{ type: 'pem', path: '/x.pem', keyPath: '/x.key', servedAt: 'x:443' },
    ...{ installScript: '/in', restartScript: '/re', scriptTimeout: 60 },
  },
  needs: ['openssl'],
  cases: {
    'a PEM file with everything': {
      make() {
        const old = newLeaf();
        return pemWith({ 'site.pem': old.keyPem + old.chainPem }, old, null);
      },
      also: ['SSH with sudo'],
    },
    'a PEM file with its key beside it': {
      make() {
        const old = newLeaf();
        return pemWith({ 'site.pem': old.chainPem, 'site.key': old.keyPem }, old, 'site.key');
      },
      also: ['SSH as root'],
    },
  },
};

async function pemWith(
  files: Record<string, string>,
  old: MadeLeaf,
  keyName: string | null,
): Promise<MadeEndpoint> {
  const dir = await filesOfOthers(files);
  const settings = {
    type: 'pem',
    path: join(dir, 'site.pem'),
    keyPath: keyName === null ? null : join(dir, keyName),
    servedAt: null,
    installScript: null,
    restartScript: null,
  } as const;
  return { dir, settings, nodeKey: 'file', old, stop: () => rm(dir, { recursive: true, force: true }) };
}
