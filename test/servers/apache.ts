import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { have } from './available.ts';
import { freePort } from './free-port.ts';

type Layout = 'debian' | 'rhel';

export interface ApacheOptions {
  layout?: Layout;
  /** Directory of the instance; made below the temporary directory (and removed by `stop`) when left out. */
  dir?: string;
  /** Files to write first, relative to the directory: certificates, keys (0600). `{port}`… and `{dir}` are filled in. */
  files?: Record<string, string | Uint8Array>;
  /** Text of the one site: `sites-available/site.conf` behind a link, or `conf.d/ssl.conf`. Filled in as well. */
  site: string;
  /** More lines of the main file, before the site is included. Filled in as well. */
  main?: string;
  /** Instead of `Listen 127.0.0.1:{port}` and `{port2}`. */
  listen?: string;
  /** More modules than mpm_event, authz_core, ssl and what they need, by name. */
  modules?: readonly string[];
  /** `-D` of the running server. */
  defines?: readonly string[];
  /** Write the files but do not start. */
  start?: boolean;
}

export interface RunningApache {
  dir: string;
  /** `ports[0]` is `{port}`, `ports[1]` is `{port2}`… nobody else's. */
  ports: number[];
  sitePath: string;
  /** Of an endpoint that manages it. */
  settings: { apachectlPath: string; serverRoot: string; configFile: string | null };
  errorLogPath: string;
  /** Runs it with these arguments, as the control script of its layout does. */
  ask(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Process ID of the parent, null when it does not run. */
  pid(): Promise<number | null>;
  start(): Promise<void>;
  errorLog(): Promise<string>;
  /** Ends it by its own ID and waits for it; removes the directory when it was made here. Idempotent. */
  stop(): Promise<void>;
}

const program = '/usr/sbin/apache2';
const modulePath = (name: string): string => `/usr/lib/apache2/modules/mod_${name}.so`;
export const haveApache = (...modules: string[]): boolean =>
  have('apache2') && have('apache2ctl') && modules.every((name) => have(modulePath(name)));

/** A real Apache with its own tree in the shape of a distribution, on free high loopback ports. */
export async function startApache(options: ApacheOptions): Promise<RunningApache> {
  const own = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'trustkeep-apache-')));
  if (own) await chmod(dir, 0o755);
  const ports: number[] = [];
  for (let count = 0; count < 6; count++) ports.push(await freePort());
  const write = writerFor(dir, ports);
  for (const name of ['run', 'lock', 'log']) await mkdir(join(dir, 'temp', name), { recursive: true });
  for (const [name, content] of Object.entries(options.files ?? {})) await write(name, content);
  const server = running(dir, ports, options, own);
  await (options.layout === 'rhel' ? rhelTree : debianTree)(dir, options, write);
  try {
    if (options.start !== false) await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

type Write = (name: string, content: string | Uint8Array, mode?: number) => Promise<void>;

function writerFor(dir: string, ports: readonly number[]): Write {
  const fill = (text: string) =>
    text
      .replaceAll('{dir}', dir)
      .replaceAll(/\{port(\d?)\}/g, (_all, n: string) => String(ports[n === '' ? 0 : Number(n) - 1]));
  return async (name, content, mode = name.endsWith('.key') ? 0o600 : 0o644) => {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? fill(content) : content, { mode });
  };
}

const usualModules = ['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'macro', 'alias'];
const usualListen = 'Listen 127.0.0.1:{port}\nListen 127.0.0.1:{port2}\n';

async function debianTree(dir: string, options: ApacheOptions, write: Write): Promise<void> {
  await write(
    'envvars',
    `export APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data
export APACHE_PID_FILE={dir}/temp/run/apache2.pid APACHE_RUN_DIR={dir}/temp/run
export APACHE_LOCK_DIR={dir}/temp/lock APACHE_LOG_DIR={dir}/temp/log
`,
  );
  for (const name of [...usualModules, ...(options.modules ?? [])])
    await write(`mods-enabled/${name}.load`, `LoadModule ${name}_module ${modulePath(name)}\n`);
  await write('ports.conf', options.listen ?? usualListen);
  await write('sites-available/site.conf', options.site);
  await mkdir(join(dir, 'sites-enabled'), { recursive: true });
  await symlink('../sites-available/site.conf', join(dir, 'sites-enabled/site.conf'));
  await write(
    'apache2.conf',
    `DefaultRuntimeDir \${APACHE_RUN_DIR}
PidFile \${APACHE_PID_FILE}
User \${APACHE_RUN_USER}
Group \${APACHE_RUN_GROUP}
ErrorLog \${APACHE_LOG_DIR}/error.log
StartServers 1
ServerName server.test
IncludeOptional mods-enabled/*.load
Include ports.conf
${options.main ?? ''}
IncludeOptional sites-enabled/*.conf
`,
  );
}

/** As the RHEL family lays it out; its control script takes one argument only, and the program is asked beside it. */
async function rhelTree(dir: string, options: ApacheOptions, write: Write): Promise<void> {
  await write(
    'conf.modules.d/00-base.conf',
    [...usualModules, ...(options.modules ?? [])]
      .map((name) => `LoadModule ${name}_module modules/mod_${name}.so\n`)
      .join(''),
  );
  await symlink('/usr/lib/apache2/modules', join(dir, 'modules'));
  await write('conf.d/ssl.conf', (options.listen ?? usualListen) + options.site);
  await write(
    'sbin/apachectl',
    `#!/bin/sh
if [ "$#" -gt 1 ]; then echo 'This script takes one argument only.' >&2; exit 1; fi
exec {dir}/sbin/httpd -d {dir} -f conf/httpd.conf -k "$1"
`,
    0o755,
  );
  await symlink(program, join(dir, 'sbin/httpd'));
  await write(
    'conf/httpd.conf',
    `ServerRoot "{dir}"
DefaultRuntimeDir {dir}/temp/run
PidFile temp/run/httpd.pid
Include conf.modules.d/*.conf
User www-data
Group www-data
ErrorLog "temp/log/error_log"
StartServers 1
ServerName server.test
${options.main ?? ''}
IncludeOptional conf.d/*.conf
`,
  );
}

function running(dir: string, ports: number[], options: ApacheOptions, own: boolean): RunningApache {
  const rhel = options.layout === 'rhel';
  const pidPath = join(dir, `temp/run/${rhel ? 'httpd' : 'apache2'}.pid`);
  const errorLogPath = join(dir, `temp/log/${rhel ? 'error_log' : 'error.log'}`);
  const errorLog = () => readFile(errorLogPath, 'utf8').catch(() => '');
  const pid = async (): Promise<number | null> => {
    const id = Number((await readFile(pidPath, 'utf8').catch(() => '')).trim());
    return id > 0 && alive(id) ? id : null;
  };
  const command: [string, ...string[]] = rhel
    ? [join(dir, 'sbin/httpd'), '-d', dir, '-f', 'conf/httpd.conf']
    : ['env', `APACHE_CONFDIR=${dir}`, '/usr/sbin/apache2ctl'];
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await exec({
      argv: [...command, ...args],
      timeoutMs: 30_000,
      leavesBehind: true,
    });
    return { code, stdout: `${stdout}`, stderr: `${stderr}` };
  };
  return {
    ...{ dir, ports, errorLogPath, errorLog, pid, ask },
    sitePath: join(dir, rhel ? 'conf.d/ssl.conf' : 'sites-available/site.conf'),
    settings: {
      apachectlPath: rhel ? join(dir, 'sbin/apachectl') : '/usr/sbin/apache2ctl',
      serverRoot: dir,
      configFile: rhel ? join(dir, 'conf/httpd.conf') : null,
    },
    async start() {
      const defines = (options.defines ?? []).flatMap((name) => ['-D', name]);
      const { code, stdout, stderr } = await ask(...defines, '-k', 'start');
      if (code !== 0) throw new Error(`apache: ${stdout}${stderr}\n${await errorLog()}`);
      await until(
        async () => (await pid()) !== null,
        async () => `apache did not start\n${await errorLog()}`,
      );
    },
    async stop() {
      const id = await pid();
      if (id !== null) {
        process.kill(id, 'SIGTERM');
        await until(
          async () => !alive(id),
          async () => 'apache did not stop',
        );
      }
      if (own) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Neither gone, nor ended while its new parent (init) has not looked yet. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(holds: () => Promise<boolean>, otherwise: () => Promise<string>): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 10) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(await otherwise());
}
