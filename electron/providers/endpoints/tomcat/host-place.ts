import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { lookAt, type RunningTomcat } from './running.ts';

/** Where a Tomcat is installed and where its instance is. */
export interface TomcatPlace {
  /** CATALINA_HOME; null: not found, which only the restart by catalina.sh needs. */
  home: string | null;
  /** CATALINA_BASE. */
  base: string;
  /** `9.0.100`; null: it could not be told. */
  version: string | null;
  running: RunningTomcat | null;
}

/**
 * Finds the instance that a directory names: the one whose base it is, else the one that runs with it as its home. `known`: what was found
 * before, of which only what runs is asked again. `endpoint.program-missing`.
 */
export async function locate(
  connection: HostConnection,
  directory: string,
  known: TomcatPlace | null = null,
): Promise<TomcatPlace> {
  const { kind, isBase, realPath, running } = await lookAt(connection, directory);
  if (kind !== 'directory') throw missing(`There is no directory ${directory} on ${connection.description}.`);
  const own = running.filter((one) => one.realBase === realPath);
  const children = running.filter((one) => one.realHome === realPath);
  const [found] = isBase ? own : children.length === 1 ? children : [];
  if (found === undefined && !isBase) throw noInstance(connection, directory, children.length);
  const base = isBase ? directory : (found?.base ?? directory);
  if (known !== null && known.base === base && (found === undefined || found.home === known.home))
    return { ...known, running: found ?? null };
  const home = await homeOf(connection, found?.home ?? null, base);
  return { home, base, version: await versionOf(connection, home), running: found ?? null };
}

function noInstance(connection: HostConnection, directory: string, running: number): Failure {
  if (running > 1)
    return missing(
      `${running} Tomcat instances run from ${directory} on ${connection.description}, and it has no conf/server.xml of its own.`,
    );
  return missing(
    `${directory} on ${connection.description} is not a Tomcat directory: it has no conf/server.xml.`,
  );
}

const missing = (sentence: string): Failure =>
  new Failure('endpoint.program-missing', sentence, {
    hint: 'Set the Tomcat directory of the endpoint to CATALINA_BASE, the directory with conf/server.xml.',
  });

async function homeOf(
  connection: HostConnection,
  running: string | null,
  base: string,
): Promise<string | null> {
  const choices = running === null ? [base, ...(await homesNear(connection, base))] : [running];
  for (const home of choices) if ((await connection.stat(`${home}/lib/catalina.jar`)) !== null) return home;
  return running;
}

/** Of Debian and RHEL, whose instances are apart from the program: `/var/lib/tomcat10` has its program in `/usr/share/tomcat10`. */
async function homesNear(connection: HostConnection, base: string): Promise<string[]> {
  const name = base.split('/').findLast((part) => part !== '') ?? '';
  const named = `${base}/bin/setenv.sh`;
  const script =
    'sed -n "s/^[[:space:]]*\\(export[[:space:]]*\\)\\{0,1\\}CATALINA_HOME=//p" -- "$1" 2>/dev/null | tail -n 1';
  const { stdout } = await connection.exec({ argv: ['sh', '-c', script, 'sh', named], timeoutMs: 15_000 });
  const told = stdout
    .toString('utf8')
    .trim()
    .replace(/^["']|["']$/g, '');
  return [
    ...(told.startsWith('/') && !told.includes('$') ? [told] : []),
    `/usr/share/${name}`,
    '/usr/share/tomcat',
  ];
}

/** From the class that knows it, else from the notes of the release, else by asking the program, which starts a Java for it. */
async function versionOf(connection: HostConnection, home: string | null): Promise<string | null> {
  if (home === null) return null;
  const script = `
    version=$(unzip -p "$1/lib/catalina.jar" org/apache/catalina/util/ServerInfo.properties 2>/dev/null | sed -n 's/^server.number=//p')
    [ -n "$version" ] || version=$(sed -n 's/^ *Apache Tomcat Version \\([0-9][0-9A-Za-z.-]*\\).*/\\1/p' "$1/RELEASE-NOTES" 2>/dev/null | head -n 1)
    [ -n "$version" ] || version=$(CATALINA_HOME=$1 "$1/bin/version.sh" 2>/dev/null | sed -n 's/^Server number: *//p')
    printf %s "$version"`;
  const { stdout } = await connection.exec({ argv: ['sh', '-c', script, 'sh', home], timeoutMs: 60_000 });
  return /^\d+\.\d+(?:\.\d+)?/.exec(stdout.toString('utf8').trim())?.[0] ?? null;
}
