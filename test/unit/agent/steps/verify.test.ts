import { expect, test } from 'vitest';
import type { EndpointNode } from '#shared/model/node.ts';
import type { ProbeTls } from '../../../../electron/agent/steps/step.ts';
import { judgeServed, probeNodeTls } from '../../../../electron/agent/steps/verify.ts';

const shows: ProbeTls = async () => ({
  kind: 'certificate',
  leafFingerprint: 'on disk',
  keyFingerprint: 'key',
  chainFingerprints: ['on disk'],
  leafPem: '',
  chainPem: '',
  protocol: 'TLSv1.3',
});

const nodeAt = (addresses: number) =>
  ({
    protocol: 'https',
    serverNames: ['shop.example'],
    certificate: { fingerprint: 'on disk', keyType: 'ec-p256' },
    served: { state: 'unknown' },
    bindings: Array.from({ length: addresses }, (_, at) => ({ address: `127.0.0.${at + 1}`, port: 443 })),
  }) as unknown as EndpointNode;

test.each([
  [20, 'It serves the certificate on disk.'],
  [34, 'It serves the certificate on disk. The other 14 of its 34 addresses were not asked.'],
])(
  'what a node of %i addresses serves is said with the number that was not asked',
  async (count, sentence) => {
    const node = nodeAt(count);
    const answers = await probeNodeTls(shows, node);
    expect(judgeServed(node, answers, 1)).toMatchObject({ state: 'same', sentence });
  },
);
