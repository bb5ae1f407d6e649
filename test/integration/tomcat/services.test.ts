import { afterEach, describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent, restart } from '#test/make/endpoints.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import {
  connector,
  endpointOf,
  files,
  host,
  installAndRestart,
  leafFor,
  managed,
  pem,
  planFor,
  shown,
} from './real-tomcat.ts';

const leaves = { a: leafFor('a.example'), b: leafFor('b.example') };
const engine = (name: string, realm = '') =>
  `<Engine name="${name}" defaultHost="localhost">${realm}<Host name="localhost" appBase="webapps${name}" autoDeploy="false"/></Engine>`;

/** The manager is in the first of two services, with AJP beside it. */
const config = `<Server port="-1" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="{port}" address="127.0.0.1"/>
    <Connector port="{port4}" protocol="AJP/1.3" address="127.0.0.1" secretRequired="false"/>
${connector('{port2}', host('_default_', pem('a')))}
    ${engine('Catalina', '<Realm className="org.apache.catalina.realm.MemoryRealm"/>')}
  </Service>
  <Service name="Second">
${connector('{port3}', host('_default_', pem('b')))}
    ${engine('Second')}
  </Service>
</Server>`;

describe.skipIf(!haveTomcat(10) || process.getuid?.() !== 0)('a Tomcat with two services', () => {
  let server: RunningTomcat | undefined;
  afterEach(() => server?.stop());
  const startWith = async (roles: string) => {
    server = await startTomcat({ roles, config, connectors: '', files: files(leaves) });
    return server;
  };
  const commands = (plan: Awaited<ReturnType<typeof planFor>>) =>
    changesOf(plan.changes, 'command').map(({ argv: [name = ''] }) => name.replace(/^.*\//, ''));

  it('is reloaded by JMX, which knows the connectors of both', async () => {
    const { ports, ...one } = await startWith('manager-script,manager-jmx');
    const endpoint = endpointOf(one, managed({ ports, ...one }));
    for (const port of [ports[1], ports[2]]) {
      const plan = await planFor(endpoint, `127.0.0.1:${port}`);
      expect(commands(plan)).toEqual(['curl']);
      const pid = await one.pid();
      const fresh = leafFor('a.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await one.pid()).toBe(pid);
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
    }
  });

  it('is restarted where its manager reloads one of them only, and the plan says so', async () => {
    const { ports, ...one } = await startWith('manager-script');
    const endpoint = endpointOf(one, managed({ ports, ...one }));
    const { ok, checks } = await endpoint.probe();
    expect(ok).toBe(true);
    expect(checks.find(({ name }) => name === 'manager')?.sentence).toContain('of its own Service only');
    const plan = await planFor(endpoint, `127.0.0.1:${ports[2]}`);
    expect(commands(plan)).toEqual(['kill', 'catalina.sh']);
    expect(plan.warnings.join(' ')).toContain('No manager reloads all certificates: Tomcat is restarted');
    const only = endpointOf(one, { ...managed({ ports, ...one }), restartMethod: 'manager' });
    await expect(planFor(only, `127.0.0.1:${ports[2]}`)).rejects.toMatchObject({
      message: expect.stringContaining('unless its user has the role manager-jmx'),
    });
  });
});
