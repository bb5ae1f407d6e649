import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { said } from '../common/run.ts';

/** The manager application of a Tomcat, as its own host reaches it. */
export interface Manager {
  /** Without a slash at its end: `http://localhost:8080/manager`. */
  url: string;
  user: string | null;
  password: Secret | null;
  /** There are TLS connectors that its text interface does not know. */
  onlyJmx: boolean;
}

/** Everything that is asked is on its input, so that no password is in its arguments. */
export const managerArgv = ['curl', '-q', '-K', '-'] as const;

/**
 * Has Tomcat load certificates and keys of all TLS hosts again, by the text interface, or by its JMX proxy where the user has only that
 * role. What Tomcat answers decides, never the status alone. `endpoint.restart-failed`.
 */
export async function reloadByManager(connection: HostConnection, manager: Manager): Promise<void> {
  if (manager.onlyJmx) return reloadByJmx(connection, manager);
  const text = await ask(connection, manager, '/text/sslReload');
  if (text.status === 403) return reloadByJmx(connection, manager);
  if (isGood(text)) return;
  throw refused(connection, manager, text);
}

/** What a manager that lets the user in said of itself. */
interface Manages {
  /** `by its text interface` */
  how: string;
  /** Every TLS connector is reloaded by it. */
  all: boolean;
}

/** Whether it answers and lets this user in. Changes nothing; throws as above. */
export async function askManager(connection: HostConnection, manager: Manager): Promise<Manages> {
  const byJmx = { how: 'by its JMX proxy', all: true };
  if (manager.onlyJmx && isGood(await ask(connection, manager, handlers))) return byJmx;
  const text = await ask(connection, manager, '/text/serverinfo');
  if (isGood(text))
    return manager.onlyJmx
      ? {
          how: 'by its text interface, which reloads the connectors of its own Service only (with the role manager-jmx: all of them)',
          all: false,
        }
      : { how: 'by its text interface', all: true };
  const jmx = text.status === 403 ? await ask(connection, manager, handlers) : text;
  if (isGood(jmx)) return byJmx;
  throw refused(connection, manager, jmx);
}

const isGood = ({ body }: Answer): boolean => body.startsWith('OK - ');

const handlers = `/jmxproxy/?qry=${encodeURIComponent('*:type=ProtocolHandler,*')}`;

/** By the names that it gives itself: they have the address of a connector in them where it has one. */
async function reloadByJmx(connection: HostConnection, manager: Manager): Promise<void> {
  const list = await ask(connection, manager, handlers);
  // one that speaks AJP has no such operation
  const withTls = list.body.split(/^(?=Name: )/m).filter((one) => /^sSLEnabled: true\s*$/m.test(one));
  const names = withTls.flatMap((one) => /^Name: (.+)$/m.exec(one)?.[1]?.trim() ?? []);
  if (!isGood(list) || names.length === 0) throw refused(connection, manager, list);
  for (const name of names) {
    const asked = `/jmxproxy/?invoke=${encodeURIComponent(name)}&op=reloadSslHostConfigs`;
    const answer = await ask(connection, manager, asked);
    if (!isGood(answer)) throw refused(connection, manager, answer);
  }
}

interface Answer {
  /** 0: none. */
  status: number;
  body: string;
}

async function ask(connection: HostConnection, manager: Manager, path: string): Promise<Answer> {
  const stdin = configurationOf(manager, path);
  const asked = connection.exec({ argv: managerArgv, stdin, timeoutMs: 90_000 });
  const result = await asked.finally(() => stdin.wipe());
  if (result.code === 127)
    throw failed(
      `There is no curl on ${connection.description} to ask the manager of Tomcat with`,
      undefined,
      {
        hint: 'Install curl there, or set another restart method.',
      },
    );
  if (result.code !== 0)
    throw failed(
      `The manager of Tomcat at ${manager.url} did not answer on ${connection.description}`,
      said(result),
      { hint: 'Check the address of the manager, as the host itself reaches it.' },
    );
  const output = result.stdout.toString('utf8');
  const end = output.lastIndexOf('\n');
  return { status: Number(output.slice(end + 1)), body: output.slice(0, end).trimStart() };
}

/** A connection to this very host may show any certificate: nothing is between. */
function configurationOf({ url, user, password }: Manager, path: string): Secret {
  const { hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const lines = [
    `url = ${quoted(`${url}${path}`)}`,
    ...(user === null ? [] : [`user = ${quoted(`${user}:${password?.text() ?? ''}`)}`]),
    'silent',
    'show-error',
    'noproxy = "*"',
    'max-time = 75',
    ...(isHere ? ['insecure'] : []),
    String.raw`write-out = "\n%{http_code}"`,
  ];
  return Secret.of(`${lines.join('\n')}\n`);
}

const quoted = (text: string): string =>
  `"${text
    .replace(/[\\"]/g, (one) => `\\${one}`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)}"`;

function refused(
  { description }: HostConnection,
  { url, user, onlyJmx }: Manager,
  { status, body }: Answer,
): Failure {
  const at = `The manager of Tomcat at ${url} on ${description}`;
  if (status === 401)
    return failed(`${at} rejected the user ${user ?? 'without a name'} or the password`, undefined, {
      hint: 'Check --manager_user and --manager_password against tomcat-users.xml there.',
    });
  if (status === 403)
    return failed(`${at} does not let ${user ?? 'this user'} in`, undefined, {
      hint: `Give the user the role ${onlyJmx ? 'manager-jmx, without which only the connectors of the Service of the manager are reloaded' : 'manager-script'}, and let the manager accept requests from the host itself.`,
    });
  if (status === 404)
    return failed(`${at} is not there`, undefined, {
      hint: 'Deploy the manager application, or set another restart method.',
    });
  const first = peerTail(body.split('\n')[0] ?? '', [], 200);
  const reason = first.startsWith('FAIL') ? first.replace(/\.$/, '') : `answer ${status}`;
  return failed(`${at} did not load the certificates again (${reason})`, peerTail(textOf(body)), {
    hint: 'Check the log of Tomcat for the reason. Certificates that could not be loaded are served as before.',
  });
}

/** An error page without its markup. */
const textOf = (body: string): string =>
  body
    .replace(/<style[\s\S]*?<\/style>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

function failed(sentence: string, peerSaid: string | undefined, { hint }: { hint: string }): Failure {
  return new Failure('endpoint.restart-failed', `${sentence}.`, {
    hint,
    ...(peerSaid === undefined ? {} : { peerSaid }),
  });
}
