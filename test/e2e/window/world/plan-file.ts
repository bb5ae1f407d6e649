import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Ground, InstallPlan } from '#shared/model/plan.ts';
import { takenFromManager } from '../../../../electron/providers/endpoints/common/certificate-managers.ts';
import { fileFacts, Remembered } from '../../../../electron/providers/endpoints/common/remembers.ts';
import { certbotAt } from './nodes.ts';
import { fakeHash } from './world.ts';

const remembers = new Remembered('pem', 1, fileFacts);

/** A PEM file and its key are replaced where they are. */
export function installInFile(target: EndpointNode): InstallPlan {
  const named = [target.keyPath ?? '/etc/ssl/key.pem', target.certificatePath ?? '/etc/ssl/fullchain.pem'];
  const [key = '', certificate = ''] = named.map(realPath);
  return {
    nodeKey: target.key,
    changes: [
      replaced(key, 'private-key', 0o600),
      replaced(certificate, 'certificate', 0o644),
      { kind: 'command', argv: ['/usr/local/sbin/reload-tls'], why: 'The restart script.' },
    ],
    standsOn: named.flatMap((name): Ground[] =>
      realPath(name) === name ? [] : [{ what: 'link', name, leadsTo: realPath(name) }],
    ),
    remembers: remembers.write({
      keepDir: key.replace(/\/[^/]*$/, ''),
      keyName: key.replace(/^.*\//, ''),
      previousFingerprint: target.certificate?.fingerprint ?? null,
    }),
    shares: null,
    ...(target.managedBy === null
      ? {}
      : { takesOver: [takenFromManager(certbotAt(certificate), [key, certificate])] }),
    proofs: target.bindings.map(({ address, port }) => ({ address, port, serverName: target.name })),
    warnings: [],
  };
}

/** certbot has links to what it obtained last. */
const realPath = (name: string): string =>
  name.includes('/live/') ? name.replace('/live/', '/archive/').replace(/\.pem$/, '1.pem') : name;

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
