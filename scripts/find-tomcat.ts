/**
 * Real Tomcats for the tests of that endpoint type: their distributions out of the Java package index, each fetched once by Maven
 * into a cache outside the tree. Where the index does not give one, the tests do without and the runner names it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** By major version: the release and the SHA-256 of its `tar.gz`. */
const releases = {
  9: { version: '9.0.100', sha256: '1253158c45a31a8168b41436512acc2292e94a3468b1bd8e4d0a7a79dcc1f5ff' },
  10: { version: '10.1.59', sha256: '15e435e8ecafd30e500dec7cd30fc289aed4cd8743db14d55024896be77d9241' },
  11: { version: '11.0.24', sha256: '10efed90bf330114af66279e43dcf211ecfcf7b88e618757954ac88329600cba' },
} as const;

export type TomcatMajor = keyof typeof releases;
export const tomcatMajors: readonly TomcatMajor[] = [9, 10, 11];

/** What unpacks a release, in its own version. */
const copier = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';

/** Where a release is once it was fetched. */
function homeOf(major: TomcatMajor): string {
  const base = process.env.TRUSTKEEP_TEST_CACHE;
  const root =
    process.getuid?.() === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const cache = base ? join(resolve(base), 'tomcat') : join(root, 'trustkeep-test-tomcat');
  return join(cache, `apache-tomcat-${releases[major].version}`);
}

/** The CATALINA_HOME that was fetched before; null: none was. Fetches nothing. */
export function fetchedTomcat(major: TomcatMajor): string | null {
  return existsSync(join(homeOf(major), 'bin/catalina.sh')) ? homeOf(major) : null;
}

/**
 * As `fetchedTomcat`, and fetches it first when it is not there. Null where the index does not give it, with the reason told to `say`.
 * Throws when what it gives is something else than the release it is known for.
 */
export async function findTomcat(
  major: TomcatMajor,
  say: (line: string) => void = () => {},
): Promise<string | null> {
  const fetched = fetchedTomcat(major);
  if (fetched !== null) return fetched;
  const home = homeOf(major);
  const { version, sha256 } = releases[major];
  const cache = resolve(home, '..');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    say(`Fetching Tomcat ${version} (once, about 14 MB)…`);
    const artifact = `-Dartifact=org.apache.tomcat:tomcat:${version}:tar.gz`;
    const asked = ['mvn', '-q', '-B', copier, artifact, `-DoutputDirectory=${work}`];
    const { code, said } = await run(asked, work);
    const archive = join(work, `tomcat-${version}.tar.gz`);
    if (code !== 0 || !existsSync(archive)) {
      say(`Tomcat ${version} could not be fetched: ${said.trim().split('\n').at(-1) ?? ''}`);
      return null;
    }
    if (
      createHash('sha256')
        .update(await readFile(archive))
        .digest('hex') !== sha256
    )
      throw new Error(`the package index has another Tomcat ${version} than the one that is known`);
    await run(['tar', '-xzf', archive, '-C', work], work);
    // another process may have been quicker
    await rename(join(work, `apache-tomcat-${version}`), home).catch(() => {});
    return fetchedTomcat(major);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function run([program = '', ...args]: string[], cwd: string): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        said += part.toString();
      });
    child.once('error', (error) => done({ code: 127, said: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, said }));
  });
}

if (import.meta.main) {
  for (const major of tomcatMajors) {
    const found = await findTomcat(major, (line) => process.stderr.write(`${line}\n`));
    process.stdout.write(`${found ?? `There is no Tomcat ${major} here.`}\n`);
    if (found === null) process.exitCode = 1;
  }
}
