import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { type Master, mastersOf } from './masters.ts';
import { fullPath } from './parse.ts';

/** An nginx program, as `nginx -V` and the command line of the running one tell. */
export interface Program {
  path: string;
  /** `nginx/1.22.1` */
  version: string;
  configPath: string;
  /** What relative paths are below: as built, or as given. */
  prefix: string;
  /** Where it notes its process ID and its errors unless the configuration says otherwise. */
  pidPath: string;
  errorLogPath: string;
  /** What it has to be started and asked with to be the same nginx; null: nothing. */
  given: Given;
}

interface Given {
  /** `-p`, absolute. */
  prefix: string | null;
  /** `-e`, absolute or `stderr`. */
  errorLog: string | null;
  /** `-g`, without what only says how it runs (`daemon`, `master_process`). */
  directives: string | null;
}

/** What an endpoint says of its nginx; null: as built, or as the running one was started. */
interface Wanted {
  path: string | null;
  configPath: string | null;
  prefix: string | null;
}

const usualPlaces = [
  'nginx',
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/nginx/sbin/nginx',
  '/usr/local/openresty/nginx/sbin/nginx',
  '/opt/homebrew/bin/nginx',
];

/** Finds the program, what it was built with, and how the running one with this configuration was started. `endpoint.program-missing`. */
export async function locate(connection: HostConnection, wanted: Wanted): Promise<Program> {
  for (const path of wanted.path === null ? usualPlaces : [wanted.path]) {
    const answer = await askVersion(connection, path);
    if (answer === null) continue;
    const built = readVersion(path, answer);
    return asStarted(built, wanted, await masterFor(connection, built, wanted));
  }
  const where = wanted.path ?? 'the usual places';
  throw new Failure(
    'endpoint.program-missing',
    `No nginx program was found at ${where} on ${connection.description}.`,
    { hint: 'Install nginx there, or set the nginx program in the settings of the endpoint.' },
  );
}

async function askVersion(connection: HostConnection, path: string): Promise<string | null> {
  try {
    const result = await connection.exec({ argv: [path, '-V'], timeoutMs: 30_000 });
    const text = `${result.stderr.toString('utf8')}\n${result.stdout.toString('utf8')}`;
    return result.code === 0 && /nginx|openresty|tengine|angie/i.test(text) ? text : null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    return null;
  }
}

/** As built: paths may be relative to the prefix. */
type Built = Omit<Program, 'given'>;

function readVersion(path: string, text: string): Built {
  const option = (name: string) => {
    const found = new RegExp(`--${name}=('[^']*'|\\S+)`).exec(text)?.[1];
    return found?.replace(/^'|'$/g, '');
  };
  return {
    path,
    version: /version: (\S+)/.exec(text)?.[1] ?? 'unknown',
    configPath: option('conf-path') ?? 'conf/nginx.conf',
    prefix: option('prefix') ?? '/usr/local/nginx',
    pidPath: option('pid-path') ?? 'logs/nginx.pid',
    errorLogPath: option('error-log-path') ?? 'logs/error.log',
  };
}

/** How the running masters with the wanted configuration were started; null: none runs, or they were not started alike. */
async function masterFor(connection: HostConnection, built: Built, wanted: Wanted): Promise<Master | null> {
  const real = async (path: string) => (await connection.stat(path).catch(() => null))?.realPath ?? path;
  const found: Master[] = [];
  for (const master of await mastersOf(connection)) {
    const itsPrefix = master.prefix ?? built.prefix;
    const prefix = wanted.prefix ?? itsPrefix;
    const ours = wanted.configPath ?? fullPath(built.configPath, prefix);
    const its = fullPath(master.configPath ?? built.configPath, itsPrefix);
    if (ours === its || (await real(ours)) === (await real(its))) found.push(master);
  }
  // two run while a new program takes over from the old one
  const ways = new Set(found.map((master) => JSON.stringify(master)));
  return ways.size === 1 ? (found[0] ?? null) : null;
}

function asStarted(built: Built, wanted: Wanted, master: Master | null): Program {
  const given: Given = {
    prefix: wanted.prefix ?? master?.prefix ?? null,
    errorLog: null,
    directives: master?.directives ?? null,
  };
  const prefix = given.prefix ?? built.prefix;
  const below = (path: string) => (path === 'stderr' ? path : fullPath(path, prefix));
  if (master !== null && master.errorLog !== null) given.errorLog = below(master.errorLog);
  return {
    path: built.path,
    version: built.version,
    configPath: wanted.configPath ?? fullPath(built.configPath, prefix),
    prefix,
    pidPath: below(built.pidPath),
    errorLogPath: given.errorLog ?? below(built.errorLogPath),
    given,
  };
}

/** A command line that does something with this nginx and its configuration. */
export function argvOf({ path, configPath, given }: Program, ...rest: string[]): [string, ...string[]] {
  const option = (name: string, value: string | null) => (value === null ? [] : [name, value]);
  return [
    path,
    ...option('-p', given.prefix),
    '-c',
    configPath,
    ...option('-e', given.errorLog),
    ...option('-g', given.directives),
    ...rest,
  ];
}
