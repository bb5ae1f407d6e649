import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One round of derivation, so that many fit into a campaign. Null where there is no openssl. */
export function makePfx({ certPem, keyPem }: { certPem: string; keyPem: string }): Buffer | null {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-campaign-'));
  const path = (name: string): string => join(directory, name);
  try {
    writeFileSync(path('in.pem'), `${certPem}\n${keyPem}\n`);
    writeFileSync(path('pass.txt'), 'campaign\n');
    const { status } = spawnSync('openssl', [
      ...['pkcs12', '-export', '-in', path('in.pem'), '-out', path('out.pfx')],
      ...['-passout', `file:${path('pass.txt')}`, '-iter', '1'],
    ]);
    return status === 0 ? readFileSync(path('out.pfx')) : null;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
