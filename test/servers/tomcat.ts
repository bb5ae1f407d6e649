import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { exec } from '#kit/exec.ts';
import { fetchedTomcat, type TomcatMajor } from '../../scripts/find-tomcat.ts';
import { have } from './available.ts';
import { freePort } from './free-port.ts';

/** Is there a Tomcat of this version, and a Java to run it with? */
export const haveTomcat = (major: TomcatMajor): boolean => have('java') && fetchedTomcat(major) !== null;

export interface TomcatOptions {
  major?: TomcatMajor;
  /**
   * What is in `<Service>` before its engine. `{port}`, `{port2}`… are free ports, `{dir}` the directory, here and in everything else.
   * The manager application answers at `{port}`, where a connector without TLS is made.
   */
  connectors: string;
  /** Before `<Server>`: a document type. */
  doctype?: string;
  /** Files below the directory: keys, certificates, included configuration. */
  files?: Record<string, string | Uint8Array>;
  /** Lines of `catalina.properties`. */
  properties?: string;
  /** Roles of the user `deploy` with the password `s3cret"\pass`; none: there is no manager. */
  roles?: string;
  /** Another password of that user. */
  password?: string;
  /** Options of the Java machine. */
  options?: string;
  /** Instead of the whole `server.xml`. */
  config?: string;
  /** Write the files but do not start. */
  start?: boolean;
  /** Another CATALINA_HOME than the one that was fetched. */
  home?: string;
  /** Whom the files belong to and who runs it. Default: whoever asks. */
  user?: string;
}

export interface RunningTomcat {
  /** CATALINA_BASE and CATALINA_HOME. */
  dir: string;
  home: string;
  configPath: string;
  /** `ports[0]` is `{port}`, without TLS. */
  ports: number[];
  /** Process id; null when it does not run. */
  pid(): Promise<number | null>;
  start(): Promise<void>;
  log(): Promise<string>;
  /** Ends the process and waits for it. Idempotent. */
  end(): Promise<void>;
  /** The same, and removes the directory. */
  stop(): Promise<void>;
}

export const managerPassword = String.raw`s3cret"\pass`;

/** A real Tomcat with a base of its own, on free high loopback ports. It starts in about a second. */
export async function startTomcat(options: TomcatOptions): Promise<RunningTomcat> {
  const major = options.major ?? 10;
  const home = options.home ?? fetchedTomcat(major);
  if (home === null) throw new Error(`There is no Tomcat ${major} here.`);
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-tomcat-'));
  await chmod(dir, 0o755);
  const ports: number[] = [];
  for (let count = 0; count < 30; count++) ports.push(await freePort());
  const server = running({ dir, home, configPath: join(dir, 'conf/server.xml'), ports }, options.user);
  await writeFiles(server, options);
  try {
    if (options.start !== false) await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

type Place = Pick<RunningTomcat, 'dir' | 'home' | 'configPath' | 'ports'>;

/** One for the tests of a file: made and started with the first call, and with each as if it were new, but for its process. */
export function sharedTomcat(): (options: TomcatOptions) => Promise<RunningTomcat> {
  let shared: RunningTomcat | undefined;
  afterAll(() => shared?.stop());
  return async (options) => {
    if (shared === undefined) {
      const server = await startTomcat(options);
      shared = server;
      return server;
    }
    for (const name of ['conf', 'tls']) await rm(join(shared.dir, name), { recursive: true, force: true });
    await writeFiles(shared, options);
    if ((await shared.pid()) === null) await shared.start();
    return shared;
  };
}

async function writeFiles(place: Place, options: TomcatOptions): Promise<void> {
  const { dir, home } = place;
  for (const name of ['conf/Catalina/localhost', 'logs', 'temp', 'work', 'webapps', 'bin'])
    await mkdir(join(dir, name), { recursive: true });
  const own = fetchedTomcat(options.major ?? 10) ?? home;
  await cp(join(own, 'conf/catalina.properties'), join(dir, 'conf/catalina.properties'));
  const properties = await readFile(join(dir, 'conf/catalina.properties'), 'utf8');
  const skip = 'tomcat.util.scan.StandardJarScanFilter.jarsToSkip=*.jar';
  const put = (name: string, text: string | Uint8Array) =>
    writeFile(join(dir, name), typeof text === 'string' ? fill(text, place) : text);
  await put('conf/catalina.properties', `${properties}\n${skip}\n${options.properties ?? ''}\n`);
  await put('conf/web.xml', '<web-app/>\n');
  const java = '-Xmx96m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.security.egd=file:/dev/urandom';
  await put(
    'bin/setenv.sh',
    `export CATALINA_PID={dir}/tomcat.pid\nJAVA_OPTS="${java} ${options.options ?? ''}"\n`,
  );
  if (options.roles !== undefined) {
    const context = `<Context docBase="${home}/webapps/manager" privileged="true"/>\n`;
    await put('conf/Catalina/localhost/manager.xml', context);
    const password = (options.password ?? managerPassword).replaceAll('"', '&quot;');
    const user = `<user username="deploy" password="${password}" roles="${options.roles}"/>`;
    await put('conf/tomcat-users.xml', `<tomcat-users>${user}</tomcat-users>\n`);
  }
  await put('conf/server.xml', options.config ?? serverXml(options));
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await put(name, content);
    await chmod(join(dir, name), name.endsWith('.key') ? 0o600 : 0o644);
  }
}

function serverXml({ doctype = '', connectors, roles }: TomcatOptions): string {
  const realm = '<Realm className="org.apache.catalina.realm.MemoryRealm"/>';
  return `<?xml version="1.0" encoding="UTF-8"?>
${doctype}<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="{port}" address="127.0.0.1"/>
${connectors}
    <Engine name="Catalina" defaultHost="localhost">
      ${roles === undefined ? '' : realm}
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
`;
}

const fill = (text: string, { dir, ports }: Place): string =>
  text
    .replaceAll('{dir}', dir)
    .replaceAll(/\{port(\d*)\}/g, (_all, n: string) => String(ports[n === '' ? 0 : Number(n) - 1]));

function running(place: Place, user?: string): RunningTomcat {
  const { dir, home } = place;
  const log = () => readFile(join(dir, 'logs/catalina.out'), 'utf8').catch(() => '');
  const pid = async (): Promise<number | null> => {
    const id = Number((await readFile(join(dir, 'tomcat.pid'), 'utf8').catch(() => '')).trim());
    return id > 0 && isIt(id, dir) ? id : null;
  };
  const withUs = () => kill(Number(readNow(join(dir, 'tomcat.pid'))), dir);
  const end = async () => {
    const id = await pid();
    if (id !== null) kill(id, dir);
    await until(async () => (await pid()) === null, 'Tomcat did not end');
    await rm(join(dir, 'tomcat.pid'), { force: true });
  };
  return {
    ...place,
    pid,
    log,
    end,
    async start() {
      process.once('exit', withUs);
      const before = (await log()).length;
      const env = { PATH: process.env.PATH ?? '', CATALINA_HOME: home, CATALINA_BASE: dir };
      const program = join(home, 'bin/catalina.sh');
      if (user !== undefined) await exec({ argv: ['chown', '-R', `${user}:`, dir], timeoutMs: 30_000 });
      const as = ['runuser', '-u', user ?? 'root', '--', program, 'start'] as const;
      const argv = user === undefined ? ([program, 'start'] as const) : as;
      const { code, stderr } = await exec({ argv, env, timeoutMs: 30_000, leavesBehind: true });
      if (code !== 0) throw new Error(`catalina.sh: ${stderr}`);
      const started = async () => (await log()).slice(before).includes('Server startup in');
      await until(async () => (await started()) || (await pid()) === null, 'Tomcat did not start');
      if (!(await started())) throw new Error(`Tomcat did not start: ${(await log()).slice(-2000)}`);
    },
    async stop() {
      process.removeListener('exit', withUs);
      await end();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Only a process of ours: the command line of a Tomcat names its base. */
function isIt(pid: number, dir: string): boolean {
  return readNow(`/proc/${pid}/cmdline`).includes(`-Dcatalina.base=${dir}\0`);
}

function kill(pid: number, dir: string): void {
  if (pid > 0 && isIt(pid, dir)) process.kill(pid, 'SIGKILL');
}

function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 20) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(otherwise);
}
