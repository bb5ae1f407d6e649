import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { have } from './available.ts';
import { freePort } from './free-port.ts';

/** One `server {}` of the test configuration. `listen` may hold `{port}` or `{port2}`…, filled with free ports. */
interface ServerBlock {
  listen: string[];
  names?: string[];
  /** Paths as written into the configuration; several pairs allowed. */
  certificates?: { certificate: string; key: string }[];
  root?: string;
  /** More directives, each with its semicolon. */
  lines?: string[];
}

interface NginxPlace {
  dir: string;
  configPath: string;
  /** `ports[0]` is `{port}`, `ports[1]` is `{port2}`… nobody else's. */
  ports: number[];
}

export interface NginxOptions {
  /** Configuration directory; made below the temporary directory (and removed by `stop`) when left out. */
  dir?: string;
  /** Files to write first, relative to the directory: certificates, keys (0600), included configuration. */
  files?: Record<string, string | Uint8Array>;
  servers?: ServerBlock[];
  /** Instead of `servers`: what stands in `http {}`. `{port}`… and `{dir}` are filled in. */
  http?: string;
  /** More directives outside `http {}`. `{port}`… and `{dir}` are filled in. */
  main?: string;
  /** Dynamic modules to load, by name: `mail`, `stream`. */
  modules?: readonly string[];
  /** Instead of everything: the whole configuration; it must set `pid {dir}/nginx.pid` itself. */
  config?: string;
  /** User of the worker processes. Default: `www-data` when run as root. */
  user?: string;
  /** Write the files but do not start. */
  start?: boolean;
}

export interface RunningNginx extends NginxPlace {
  program: string;
  pidPath: string;
  errorLogPath: string;
  /** Process id of the master, null when it does not run. */
  pid(): Promise<number | null>;
  start(): Promise<void>;
  reload(): Promise<void>;
  errorLog(): Promise<string>;
  /** Ends the master by its own id and waits for it; removes the directory when it was made here. Idempotent. */
  stop(): Promise<void>;
}

const program = '/usr/sbin/nginx';
const modulePath = (name: string): string => `/usr/lib/nginx/modules/ngx_${name}_module.so`;

/** Are these dynamic modules of nginx installed? */
export const haveModules = (...names: string[]): boolean =>
  have('nginx') && names.every((name) => have(modulePath(name)));

/** A real nginx with its own configuration directory, pid file and logs, on free high loopback ports. */
export async function startNginx(options: NginxOptions): Promise<RunningNginx> {
  const own = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'trustkeep-nginx-')));
  if (own) await chmod(dir, 0o755); // worker processes serve files from it as another user
  const ports: number[] = [];
  for (let count = 0; count < 6; count++) ports.push(await freePort());
  const place = { dir, configPath: join(dir, 'nginx.conf'), ports };
  await writeFiles(place, options);
  const server = running(place, own);
  try {
    if (options.start !== false) await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function writeFiles(place: NginxPlace, options: NginxOptions): Promise<void> {
  await mkdir(join(place.dir, 'temp'), { recursive: true });
  for (const [name, content] of Object.entries(options.files ?? {})) {
    const path = join(place.dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? fill(content, place) : content, {
      mode: name.endsWith('.key') ? 0o600 : 0o644,
    });
  }
  await writeFile(place.configPath, fill(options.config ?? wholeConfig(options), place));
}

function wholeConfig(options: NginxOptions): string {
  const user = process.getuid?.() === 0 ? `user ${options.user ?? 'www-data'};\n` : '';
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const modules = (options.modules ?? []).map((name) => `load_module ${modulePath(name)};\n`).join('');
  return `${modules}${user}worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log notice;
events { worker_connections 64; }
${options.main ?? ''}
http {
  access_log off;
${temps.map((name) => `  ${name}_temp_path {dir}/temp/${name};`).join('\n')}
${options.http ?? (options.servers ?? []).map(serverText).join('\n')}
}
`;
}

/** The text of one block, for tests that write included files themselves. */
export function serverText(block: ServerBlock): string {
  const lines = [
    ...block.listen.map((value) => `listen ${value};`),
    ...(block.names === undefined ? [] : [`server_name ${block.names.join(' ')};`]),
    ...(block.certificates ?? []).flatMap((pair) => [
      `ssl_certificate ${pair.certificate};`,
      `ssl_certificate_key ${pair.key};`,
    ]),
    ...(block.root === undefined ? [] : [`root ${block.root};`]),
    ...(block.lines ?? []),
  ];
  return `  server {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
}

function fill(text: string, place: NginxPlace): string {
  return text
    .replaceAll('{dir}', place.dir)
    .replaceAll(/\{port(\d?)\}/g, (_all, n: string) => String(place.ports[n === '' ? 0 : Number(n) - 1]));
}

function running(place: NginxPlace, own: boolean): RunningNginx {
  const pidPath = join(place.dir, 'nginx.pid');
  const errorLogPath = join(place.dir, 'error.log');
  const errorLog = () => readFile(errorLogPath, 'utf8').catch(() => '');
  const pid = async (): Promise<number | null> => {
    const id = Number((await readFile(pidPath, 'utf8').catch(() => '')).trim());
    return id > 0 && alive(id) ? id : null;
  };
  const run = async (...more: string[]): Promise<void> => {
    const result = await exec({ argv: [program, '-c', place.configPath, ...more], timeoutMs: 20_000 });
    if (result.code !== 0) throw new Error(`nginx: ${result.stderr}\n${await errorLog()}`);
  };
  return {
    ...place,
    program,
    pidPath,
    errorLogPath,
    pid,
    errorLog,
    async start() {
      await run();
      await until(async () => (await pid()) !== null, 'nginx did not write its pid file');
    },
    async reload() {
      await run('-s', 'reload');
    },
    async stop() {
      const id = await pid();
      if (id !== null) await until(async () => !askedToEnd(id), 'nginx did not stop');
      if (own) await rm(place.dir, { recursive: true, force: true });
    },
  };
}

/** False once it has ended. What has just written its pid file may note a signal and heed it with the next one only. */
function askedToEnd(pid: number): boolean {
  try {
    process.kill(pid, 'SIGTERM');
    return !isZombie(pid);
  } catch {
    return false;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** Ended, and its new parent (init) has not looked yet. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(otherwise);
}
