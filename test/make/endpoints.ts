import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import { type MadeLeaf, makeCa, makeLeaf } from '#test/make/certificates.ts';
import { type NginxOptions, startNginx } from '#test/servers/nginx.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import type { Material } from '../../electron/providers/endpoints/endpoint.ts';
import { makeEndpoint } from '../../electron/providers/endpoints/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';

/** A real endpoint in a directory of its own, with certificate and key files that belong to somebody else. */
export interface MadeEndpoint {
  dir: string;
  settings: EndpointSettings;
  /** Key of the node under test. */
  nodeKey: string;
  old: MadeLeaf;
  stop(): Promise<void>;
}

export const testCa = makeCa();
const names = ['shop.example', 'www.shop.example'];
/** nobody:nogroup on Debian. */
const nobody = 65_534;

export const newLeaf = (): MadeLeaf => makeLeaf(testCa, { names, intermediate: true });

export const inAgent = (leaf: MadeLeaf): Material => ({
  chainPem: leaf.chainPem,
  key: { where: 'agent', pem: Secret.of(leaf.keyPem) },
});

export function open(made: Pick<MadeEndpoint, 'settings'>, connection: HostConnection) {
  return makeEndpoint(made.settings, connection, { clock: systemClock, log: silentLog });
}

async function giveAway(path: string, mode: number): Promise<void> {
  await chown(path, nobody, nobody);
  await chmod(path, mode);
}

async function nginxWith(options: NginxOptions, old: MadeLeaf, index: number): Promise<MadeEndpoint> {
  const server = await startNginx({
    ...options,
    files: { 'tls/shop.crt': old.chainPem, 'tls/shop.key': old.keyPem },
  });
  await giveAway(join(server.dir, 'tls/shop.crt'), 0o664);
  await giveAway(join(server.dir, 'tls/shop.key'), 0o640);
  const settings = { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: null } as const;
  const place = server.ports[index];
  const nodeKey = `http 127.0.0.1:${place} shop.example,www.shop.example`;
  return { dir: server.dir, settings, nodeKey, old, stop: server.stop };
}

const pair = { certificate: 'tls/shop.crt', key: 'tls/shop.key' };

async function pemWith(
  files: Record<string, string>,
  old: MadeLeaf,
  keyName: string | null,
): Promise<MadeEndpoint> {
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-pem-'));
  await chmod(dir, 0o755);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir, name), content);
    await giveAway(join(dir, name), 0o640);
  }
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

/** Every shape in which an adapter installs, by name. */
export const endpointShapes: Record<string, () => Promise<MadeEndpoint>> = {
  'nginx with files of its own': () =>
    nginxWith({ servers: [{ listen: ['127.0.0.1:{port} ssl'], names, certificates: [pair] }] }, newLeaf(), 0),
  'nginx with a certificate that a stranger uses too': () =>
    nginxWith(
      {
        servers: [
          { listen: ['127.0.0.1:{port} ssl'], names: ['other.example'], certificates: [pair] },
          { listen: ['127.0.0.1:{port2} ssl'], names, certificates: [pair] },
        ],
      },
      newLeaf(),
      1,
    ),
  'a PEM file with everything': () => {
    const old = newLeaf();
    return pemWith({ 'site.pem': old.keyPem + old.chainPem }, old, null);
  },
  'a PEM file with its key beside it': () => {
    const old = newLeaf();
    return pemWith({ 'site.pem': old.chainPem, 'site.key': old.keyPem }, old, 'site.key');
  },
};

/** Every file and directory below `dir` with content hash, owner and mode, but what a running server writes itself. */
export async function listing(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const passedOver = ['error.log', 'nginx.pid', 'temp'];
  for (const name of (await readdir(dir)).filter((one) => !passedOver.includes(one))) {
    const path = join(dir, name);
    const facts = await lstat(path);
    const owner = `${facts.uid}:${facts.gid} ${(facts.mode & 0o7777).toString(8)}`;
    if (facts.isDirectory()) {
      found[`${name}/`] = owner;
      for (const [inner, state] of Object.entries(await listing(path))) found[`${name}/${inner}`] = state;
    } else {
      found[name] = `${owner} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`;
    }
  }
  return found;
}
