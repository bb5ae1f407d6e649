import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { type Sshd, startSshd } from '#test/servers/sshd.ts';

/** Where a certificate is installed: an endpoint of the agent, and the server block that serves it. */
export interface Target {
  endpoint: string;
  type: 'nginx' | 'pem';
  connection: 'local' | 'ssh';
  /** Name of the server block. */
  host: string;
  port: number;
  certificate: string;
  key: string;
}

/** A real nginx with all targets and their neighbours, a real CA and a real sshd; one for many rounds. */
export interface Servers {
  directory: string;
  nginx: RunningNginx;
  pebble: Pebble;
  sshd: Sshd;
  webRoot: string;
  /** Stands before the nginx program; see `setReload`. */
  nginxProgram: string;
  reloadScript: string;
  responderPort: number;
  targets: readonly Target[];
  /** Every name that is served, and where. */
  served: readonly { host: string; port: number }[];
  setReload(what: Reload): void;
  stop(): Promise<void>;
}

/** What becomes of a reload: all take effect, the first is swallowed, all are swallowed, all are refused. */
export type Reload = 'works' | 'swallowed once' | 'swallowed' | 'refused';

const kinds = [
  { endpoint: 'nginx-here', type: 'nginx', connection: 'local', host: 'a.example', at: 0 },
  { endpoint: 'nginx-ssh', type: 'nginx', connection: 'ssh', host: 'b.example', at: 0 },
  { endpoint: 'pem-here', type: 'pem', connection: 'local', host: 'c.example', at: 1 },
  { endpoint: 'pem-ssh', type: 'pem', connection: 'ssh', host: 'd.example', at: 5 },
] as const;

/** The first block at an address answers who names no server. `x` beside targets at their address, `y` and `z` elsewhere; `z` has the pair of `y`. */
const neighbours = [
  { host: 'x.example', pair: 'x', at: 0 },
  { host: 'y.example', pair: 'y', at: 2 },
  { host: 'z.example', pair: 'y', at: 1 },
] as const;

/** In `directory`, which is made; the nginx has its files in `nginx` there, where a disk may be mounted before. */
export async function startServers(directory: string): Promise<Servers> {
  const webRoot = join(directory, 'web');
  for (const name of ['web', 'bin', 'nginx']) mkdirSync(join(directory, name), { recursive: true });
  for (const path of [directory, webRoot]) chmodSync(path, 0o755);
  const flag = join(directory, 'reload');
  writeFileSync(flag, 'works');
  const nginx = await startNginx({ dir: join(directory, 'nginx'), files: files(), http: http(webRoot) });
  const reloads = scripts(directory, nginx.configPath, flag);
  const [, , , httpPort = 0, responderPort = 0] = nginx.ports;
  const pebble = await startPebble({ httpPort });
  const sshd = await startSshd();
  const at = ({ host, at: index }: { host: string; at: number }) => ({ host, port: nginx.ports[index] ?? 0 });
  return {
    ...{ directory, nginx, pebble, sshd, webRoot, responderPort, ...reloads },
    targets: kinds.map((kind) => ({
      ...{ endpoint: kind.endpoint, type: kind.type, connection: kind.connection, ...at(kind) },
      certificate: join(nginx.dir, 'tls', kind.host, 'site.crt'),
      key: join(nginx.dir, 'tls', kind.host, 'site.key'),
    })),
    served: [...kinds, ...neighbours].map(at),
    setReload: (what) => writeFileSync(flag, what),
    async stop() {
      await nginx.stop();
      await Promise.all([pebble.stop(), sshd.stop()]);
    },
  };
}

function files(): Record<string, string> {
  const ca = makeCa({ commonName: 'Someone else' });
  const made: Record<string, string> = {};
  const put = (path: string, name: string): void => {
    const leaf = makeLeaf(ca, { names: [name] });
    made[`${path}.crt`] = leaf.chainPem;
    made[`${path}.key`] = leaf.keyPem;
  };
  for (const { host } of kinds) put(`tls/${host}/site`, host);
  // beside the files of a target, too
  put(`tls/${kinds[0].host}/x`, 'x.example');
  put('tls/y', '*.example');
  return made;
}

function http(webRoot: string): string {
  const block = (host: string, pair: string, at: number): string => `  server {
    listen 127.0.0.1:{port${at + 1}} ssl;
    server_name ${host};
    ssl_certificate tls/${pair}.crt;
    ssl_certificate_key tls/${pair}.key;
    root ${webRoot};
  }
`;
  // a challenge is a file in the web root, or what the agent itself answers
  return `${kinds.map(({ host, at }) => block(host, `${host}/site`, at)).join('')}
${neighbours.map(({ host, pair, at }) => block(host, pair === 'x' ? `${kinds[0].host}/x` : pair, at)).join('')}
  server {
    listen 127.0.0.1:{port4};
    root ${webRoot};
    location /.well-known/acme-challenge/ { try_files $uri @agent; }
    location @agent { proxy_pass http://127.0.0.1:{port5}; }
  }
`;
}

/** The nginx program and a reload of it for PEM files, which do with a reload what the flag file says. */
function scripts(directory: string, configPath: string, flag: string) {
  const nginxProgram = join(directory, 'bin/nginx');
  const reloadScript = join(directory, 'bin/reload');
  const said = `case $(cat '${flag}') in
  'swallowed once') printf works >'${flag}'; exit 0 ;;
  swallowed) exit 0 ;;
  refused) echo 'the reload is refused' >&2; exit 1 ;;
esac`;
  const real = `/usr/sbin/nginx`;
  writeFileSync(
    nginxProgram,
    `#!/bin/sh\ncase " $* " in *' -s reload '*)\n${said}\nesac\nexec ${real} "$@"\n`,
  );
  writeFileSync(reloadScript, `#!/bin/sh\n${said}\nexec ${real} -c '${configPath}' -s reload\n`);
  for (const path of [nginxProgram, reloadScript]) chmodSync(path, 0o755);
  return { nginxProgram, reloadScript };
}
