import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { connectorsOf, type Read, type TomcatConnector } from './connectors.ts';
import type { TomcatPlace } from './host-place.ts';
import { readProperties, resolved } from './properties.ts';
import { readXml, type XmlDocument } from './xml.ts';
import { NotXml } from './xml-doctype.ts';

/** What the files of a Tomcat say, all read at one moment. */
export interface Configuration {
  document: XmlDocument;
  connectors: TomcatConnector[];
  /** Where `server.xml` is. */
  path: string;
  /** Content of every file that was read, by its path. */
  files: ReadonlyMap<string, Buffer>;
  /** Classes that give values for placeholders, beside those of Tomcat itself. */
  ownSources: readonly string[];
  /** Names of the placeholders that nothing here gives a value to. */
  unknown: readonly string[];
  /** What the default key store is below: home of the user that Tomcat runs as; null: not known. */
  userHome: string | null;
  read: Read;
}

const environmentSource = 'org.apache.tomcat.util.digester.EnvironmentPropertySource';
const sourcesProperty = 'org.apache.tomcat.util.digester.PROPERTY_SOURCE';

/**
 * Reads `conf/server.xml` with what its entities name, and resolves its placeholders as this Tomcat would. Changes nothing.
 * `endpoint.configuration-invalid` for what is no XML, `file.*` for what cannot be read.
 */
export async function readConfiguration(
  connection: HostConnection,
  place: TomcatPlace,
): Promise<Configuration> {
  const path = posix.join(place.base, 'conf/server.xml');
  const files = new Map<string, Buffer>();
  const read = async (one: string): Promise<Buffer> => {
    const bytes = files.get(one) ?? (await connection.read(one));
    files.set(one, bytes);
    return bytes;
  };
  const document = await readDocument(connection, path, read);
  if (document.root.name !== 'Server')
    throw invalid(
      connection,
      `${path} is not the configuration of a Tomcat: it begins with ${document.root.name}`,
    );
  const properties = await propertiesOf(connection, place, files);
  const sources = (properties.get(sourcesProperty) ?? '').split(',').map((one) => one.trim());
  const ownSources = sources.filter((one) => one !== '' && one !== environmentSource);
  const environment = sources.includes(environmentSource)
    ? await environmentOf(connection, place, namesIn(document))
    : new Map<string, string>();
  const unknown = new Set<string>();
  const one: Read = (value) => {
    // a class of its own is asked first, and nothing here knows what it answers
    const opaque = ownSources.length > 0 && value.includes('${');
    const found = opaque
      ? { text: null, unknown: /\$\{([^{}]*?)(?::-[^{}]*)?\}/.exec(value)?.[1] ?? null }
      : resolved(value, (name) => environment.get(name) ?? properties.get(name));
    if (found.unknown !== null) unknown.add(found.unknown);
    return found;
  };
  const major = Number(/^\d+/.exec(place.version ?? '')?.[0] ?? Number.NaN);
  const connectors = connectorsOf(document.root, Number.isNaN(major) ? null : major, one);
  const userHome = properties.get('user.home') ?? null;
  return { document, connectors, path, files, ownSources, unknown: [...unknown], userHome, read: one };
}

async function readDocument(
  connection: HostConnection,
  path: string,
  read: (path: string) => Promise<Buffer>,
): Promise<XmlDocument> {
  try {
    return await readXml(path, read);
  } catch (error) {
    if (error instanceof NotXml)
      throw invalid(connection, `${path} is not XML that can be read: ${error.message}`);
    throw error;
  }
}

const invalid = ({ description }: HostConnection, sentence: string): Failure =>
  new Failure('endpoint.configuration-invalid', `On ${description}, ${sentence}.`, {
    hint: 'Fix the file. Tomcat reports the same problem when it starts.',
    peerSaid: sentence,
  });

/** As the running Tomcat has them: what its catalina.properties says counts before the command line. */
async function propertiesOf(
  connection: HostConnection,
  { base, home, running }: TomcatPlace,
  files: Map<string, Buffer>,
): Promise<Map<string, string>> {
  const given = running?.properties ?? (await startOptions(connection, base, home));
  const configured = given.get('catalina.config')?.replace(/^file:(?:\/\/)?/, '');
  const path = configured?.startsWith('/') ? configured : posix.join(base, 'conf/catalina.properties');
  const bytes = await contentOf(connection, path);
  if (bytes !== null) files.set(path, bytes);
  return new Map([
    ...(running === null || running.userHome === '' ? [] : [['user.home', running.userHome] as const]),
    ...(running === null || running.user === '' ? [] : [['user.name', running.user] as const]),
    ...given,
    ...readProperties(bytes?.toString('latin1') ?? ''),
    ['catalina.base', base],
    ...(home === null ? [] : [['catalina.home', home] as const]),
  ]);
}

/** Null: there is no such file. */
async function contentOf(connection: HostConnection, path: string): Promise<Buffer | null> {
  try {
    return await connection.read(path);
  } catch (error) {
    if (error instanceof Failure && error.code === 'file.missing') return null;
    throw error;
  }
}

/** Of a Tomcat that does not run: what its `setenv.sh` gives as plain words. */
async function startOptions(
  connection: HostConnection,
  base: string,
  home: string | null,
): Promise<Map<string, string>> {
  for (const directory of new Set([base, home ?? base])) {
    const bytes = await contentOf(connection, `${directory}/bin/setenv.sh`);
    if (bytes === null) continue;
    const words = bytes.toString('utf8').matchAll(/-D([A-Za-z0-9._-]+)=("[^"$`]*"|'[^'$`]*'|[^\s"'$`\\;]+)/g);
    return new Map([...words].map(([, name = '', value = '']) => [name, value.replace(/^["']|["']$/g, '')]));
  }
  return new Map();
}

/** Names that placeholders of the document have. */
function namesIn({ whole }: XmlDocument): string[] {
  const found = [...whole.text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}/g)];
  return [...new Set(found.map(([, name = '']) => name))];
}

/** Prints the lines of the environment that have one of the names, and nothing else of it. */
const environmentScript = `
while IFS= read -r name; do
  tr '\\0' '\\n' < "/proc/$1/environ" 2>/dev/null | grep "^$name=" | head -n 1
done
exit 0
`;

async function environmentOf(
  connection: HostConnection,
  { running }: TomcatPlace,
  names: readonly string[],
): Promise<Map<string, string>> {
  if (running === null || names.length === 0) return new Map();
  const { stdout } = await connection.exec({
    argv: ['sh', '-c', environmentScript, 'sh', String(running.pid)],
    stdin: Buffer.from(`${names.join('\n')}\n`),
    timeoutMs: 30_000,
  });
  const lines = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.includes('='));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
