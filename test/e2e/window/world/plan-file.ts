import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { fileFacts, Remembered } from '../../../../electron/providers/endpoints/common/remembers.ts';
import { fakeHash } from './world.ts';

const remembers = new Remembered('pem', 1, fileFacts);

/** A PEM file and its key are replaced where they are. */
export function installInFile(target: EndpointNode): InstallPlan {
  const certificate = target.certificatePath ?? '/etc/ssl/fullchain.pem';
  const key = target.keyPath ?? '/etc/ssl/key.pem';
  return {
    nodeKey: target.key,
    changes: [
      replaced(key, 'private-key', 0o600),
      replaced(certificate, 'certificate', 0o644),
      { kind: 'command', argv: ['/usr/local/sbin/reload-tls'], why: 'The restart script.' },
    ],
    standsOn: [],
    remembers: remembers.write({
      keepDir: key.replace(/\/[^/]*$/, ''),
      keyName: key.replace(/^.*\//, ''),
      previousFingerprint: target.certificate?.fingerprint ?? null,
    }),
    shares: null,
    proofs: target.bindings.map(({ address, port }) => ({ address, port, serverName: target.name })),
    warnings: [],
  };
}

function replaced(path: string, holds: 'private-key' | 'certificate', mode: number): Change {
  const ownership = posix('root', 'root', mode);
  return {
    kind: 'file',
    path,
    holds,
    before: { sha256: fakeHash(path), size: 5481, ownership },
    after: { sha256: null, ownership },
  };
}
