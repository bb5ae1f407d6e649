import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { opensslCheck, probing, refuseLocked } from '../common/probing.ts';
import { isStore } from './stores.ts';
import type { View } from './view.ts';
import { commandsOf, type Way } from './ways.ts';

interface Ask {
  view: () => Promise<View>;
  /** How it is made to serve another certificate. */
  way: (view: View) => Promise<Way>;
  /** Asks the manager, and gives in words by which interface it answered; null: none is set. */
  manager: { url: string; user: string | null; answers: (view: View) => Promise<string> } | null;
}

/** Checks everything an install will need, one check after the other; what fails hides what depends on it. */
export async function probeTomcat(
  connection: HostConnection,
  at: number,
  ask: Ask,
  begins?: (check: CheckName) => void,
): Promise<ProbeReport> {
  const { checks, check } = probing(connection, begins);
  const seen: { view?: View } = {};
  await check('configuration', async () => {
    seen.view = await ask.view();
    return configurationSentence(seen.view);
  });
  const { view } = seen;
  if (view !== undefined) {
    await check('running', () => running(view, ask));
    await check('write', () => writing(connection, view));
    const { manager } = ask;
    if (manager !== null)
      await check('manager', async () => {
        const how = await manager.answers(view);
        return `The manager at ${manager.url} lets ${manager.user ?? 'anyone'} in ${how}.`;
      });
  }
  await check('openssl', () => opensslCheck(connection));
  // without openssl everything works, with keys made in the agent
  const ok = checks.every((one) => one.ok || one.name === 'openssl');
  const version = view?.place.version ?? null;
  return { ok, version: version === null ? null : `Apache Tomcat/${version}`, checks, at };
}

function configurationSentence({ configuration, nodes, place: { version } }: View): string {
  const { path, connectors } = configuration;
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const tls = connectors.filter((one) => one.tls);
  const down = tls.filter((one) => one.down !== null).length;
  const ofVersion = version === null ? '' : ` of Tomcat ${version}`;
  const broken =
    down === 0 ? '' : ` ${count(down, 'of them')} cannot start as configured.`.replace('ofs', 'of');
  return `${path}${ofVersion} has ${count(tls.length, 'TLS connector')} with ${count(nodes.filter(({ node }) => node.certificate !== null).length, 'certificate')}.${broken}`;
}

async function running(view: View, { way }: Ask): Promise<string> {
  const { running: found, base } = view.place;
  if (found === null)
    throw new Failure('endpoint.not-running', `No Tomcat runs with ${base} as its CATALINA_BASE.`, {
      hint: 'Start Tomcat, or set the directory that it was started with.',
    });
  const [first] = commandsOf(await way(view), found.pid);
  return `Tomcat is running (process ${found.pid}${found.user === '' ? '' : `, as ${found.user}`}). ${first?.why ?? ''}`;
}

async function writing(connection: HostConnection, { nodes, configuration, real }: View): Promise<string> {
  const paths = nodes.flatMap(({ pem, store }) => {
    if (pem !== null) return [pem.certificate, pem.key];
    return isStore(store) ? [store.path] : [];
  });
  const directories = new Set([...paths, configuration.path].map((path) => posix.dirname(real(path))));
  await refuseLocked(connection, [...directories]);
  return `Certificates, keys and server.xml can be replaced (${[...directories].join(', ')}).`;
}
