/**
 * Real Tomcats for the tests of that endpoint type: their distributions out of the Java package index, each fetched once by Maven
 * into a cache outside the tree. Where the index does not give one, the tests do without and the runner names it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { besides, inTestCache, lastLineOf, quietly } from './test-cache.ts';

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
const homeOf = (major: TomcatMajor): string =>
  inTestCache(`trustkeep-test-tomcat/apache-tomcat-${releases[major].version}`);

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
  return besides(home, async (work) => {
    say(`Fetching Tomcat ${version} (once, about 14 MB)…`);
    const artifact = `-Dartifact=org.apache.tomcat:tomcat:${version}:tar.gz`;
    const asked = ['mvn', '-q', '-B', copier, artifact, `-DoutputDirectory=${work}`];
    const { code, said } = await quietly(asked, work);
    const archive = join(work, `tomcat-${version}.tar.gz`);
    if (code !== 0 || !existsSync(archive)) {
      say(`Tomcat ${version} could not be fetched: ${lastLineOf(said)}`);
      return null;
    }
    if (
      createHash('sha256')
        .update(await readFile(archive))
        .digest('hex') !== sha256
    )
      throw new Error(`the package index has another Tomcat ${version} than the one that is known`);
    await quietly(['tar', '-xzf', archive, '-C', work], work);
    // another process may have been quicker
    await rename(join(work, `apache-tomcat-${version}`), home).catch(() => {});
    return fetchedTomcat(major);
  });
}

if (import.meta.main) {
  for (const major of tomcatMajors) {
    const found = await findTomcat(major, (line) => process.stderr.write(`${line}\n`));
    process.stdout.write(`${found ?? `There is no Tomcat ${major} here.`}\n`);
    if (found === null) process.exitCode = 1;
  }
}
