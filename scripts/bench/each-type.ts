import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment, exec } from '../../electron/kit/exec.ts';
import { approve } from '../../test/integration/certify/site.ts';
import { startAgent, type TestAgent, tempDirectory } from '../../test/make/agent.ts';
import { type MadeLeaf, makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { filesOfOthers } from '../../test/make/endpoints.ts';
import { exporting, storeEndpoint, storePassword } from '../../test/make/key-store-files.ts';
import { haveApache, startApache } from '../../test/servers/apache.ts';
import { have } from '../../test/servers/available.ts';
import { startNginx } from '../../test/servers/nginx.ts';
import { startStoreServer } from '../../test/servers/store-server.ts';
import { haveTomcat, managerPassword, startTomcat } from '../../test/servers/tomcat.ts';
import { type Figure, ms, range } from './measure.ts';

const rounds = 20;
const shop = 'shop.example';

/** An endpoint of a type on this machine, and what stops its server. */
interface Made {
  /** As `endpoints add` takes them. */
  fields: { type: 'nginx' } & Record<string, string>;
  stop(): Promise<void>;
}

interface Measured {
  usable: boolean;
  /** What serves the certificate, and how it is told to load it. */
  how: string;
  make(): Promise<Made>;
}

const types: Record<string, Measured> = {
  nginx: { usable: have('nginx'), how: 'nginx with one server block; `nginx -t`, reload', make: makeNginx },
  pem: {
    usable: have('nginx'),
    how: 'one file with key and chain, which nginx serves; its restart script has nginx reload',
    make: makePem,
  },
  apache: {
    usable: haveApache(),
    how: 'Apache with one virtual host; its own test, graceful reload, waited for until new workers serve',
    make: makeApache,
  },
  tomcat: {
    usable: haveTomcat(10),
    how: 'Tomcat 10.1 with PEM files; `sslReload` of its manager',
    make: makeTomcat,
  },
  p12: {
    usable: have('openssl') && have('keytool'),
    how: 'a server that reads the store again when its restart script says so; openssl reads the new store first',
    make: () => makeStore('p12'),
  },
  jks: {
    usable: have('openssl') && have('keytool'),
    how: 'the same server, for which the install script exports the entry with keytool; keytool reads the new store first, so that two programs of Java start',
    make: () => makeStore('jks'),
  },
};

/** From the approval to the served proof for each type of endpoint, one after the other in every round. */
export async function approveToProofOfEachType(): Promise<Figure[]> {
  const data = tempDirectory('bench-types');
  const agent = await startAgent({ dataDirectory: data.path });
  const all: { name: string; node: string; took: number[]; made: Made }[] = [];
  try {
    for (const [name, { usable, make }] of Object.entries(types)) {
      if (!usable) continue;
      const made = await make();
      all.push({ name, node: await added(agent, name, made), took: [], made });
    }
    for (let round = 0; round < rounds; round++)
      for (const one of all) one.took.push(await once(agent, one.node));
  } finally {
    await agent.close();
    for (const { made } of all) await made.stop();
    data.remove();
  }
  return all.map(({ name, took }) => ({
    what: `From approve to served proof, ${name} on this machine`,
    figure: `p50 ${ms(percentile(took, 50))}, p95 ${ms(percentile(took, 95))} (${range(took)})`,
    goal: '–',
    met: null,
    method: `${rounds} installations, all types in turn: ${types[name]?.how}. With the local authority, whose part is in it; two rounds of handshakes prove it.`,
  }));
}

/** The value that so many of a hundred do not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * share) / 100) - 1] ?? 0;
}

async function added(agent: TestAgent, name: string, { fields }: Made): Promise<string> {
  const answer = await agent.call.endpoints.add({ name, ...fields });
  await agent.until(answer.taskId ?? '');
  const nodes = await agent.call.nodes.list({ endpoint: name });
  const [node] = nodes.filter(({ key, serverNames }) => key === 'shop' || serverNames.includes(shop));
  const found = node ?? nodes[0];
  if (found === undefined) throw new Error(`no node of ${name}`);
  return found.id;
}

async function once(agent: TestAgent, node: string): Promise<number> {
  const { taskId } = await agent.call.certificates.request({ node });
  await agent.until(taskId, ['waiting', 'failed']);
  const start = Date.now();
  await approve(agent, taskId);
  const task = await agent.until(taskId);
  if (task.state !== 'succeeded') throw new Error(JSON.stringify(task, null, 1));
  return (task.steps.find(({ name }) => name === 'prove')?.finishedAt ?? 0) - start;
}

const oldLeaf = (): MadeLeaf => makeLeaf(makeCa(), { names: [shop], intermediate: true });
const pairOf = ({ chainPem, keyPem }: MadeLeaf) => ({ 'tls/shop.crt': chainPem, 'tls/shop.key': keyPem });
const pair = { certificate: 'tls/shop.crt', key: 'tls/shop.key' };

async function makeNginx(): Promise<Made> {
  const server = await startNginx({
    files: pairOf(oldLeaf()),
    servers: [{ listen: ['127.0.0.1:{port} ssl'], names: [shop], certificates: [pair] }],
  });
  return { fields: as('nginx', { nginx_config_path: server.configPath }), stop: server.stop };
}

async function makePem(): Promise<Made> {
  const { keyPem, chainPem } = oldLeaf();
  const dir = await filesOfOthers({ 'site.pem': keyPem + chainPem });
  const path = join(dir, 'site.pem');
  const server = await startNginx({
    servers: [
      {
        listen: ['127.0.0.1:{port} ssl'],
        names: [shop],
        certificates: [{ certificate: path, key: path }],
      },
    ],
  });
  const restart = await script(dir, 'restart.sh', `exec nginx -c '${server.configPath}' -s reload`);
  return {
    fields: as('pem', { path, served_at: `127.0.0.1:${server.ports[0]}`, restart_script: restart }),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function makeApache(): Promise<Made> {
  const lines =
    'SSLEngine on\nSSLCertificateFile {dir}/tls/shop.crt\nSSLCertificateKeyFile {dir}/tls/shop.key';
  const server = await startApache({
    files: pairOf(oldLeaf()),
    site: `<VirtualHost 127.0.0.1:{port}>\nServerName ${shop}\n${lines}\n</VirtualHost>\n`,
  });
  const { apachectlPath, serverRoot, configFile } = server.settings;
  const fields = { apachectl_path: apachectlPath ?? '', server_root: serverRoot ?? '' };
  const file: Record<string, string> = configFile === null ? {} : { config_file: configFile };
  return { fields: as('apache', { ...fields, ...file }), stop: server.stop };
}

async function makeTomcat(): Promise<Made> {
  const certificate = '<Certificate certificateFile="tls/shop.crt" certificateKeyFile="tls/shop.key"/>';
  const server = await startTomcat({
    roles: 'manager-script',
    files: pairOf(oldLeaf()),
    connectors: `<Connector port="{port2}" address="127.0.0.1" SSLEnabled="true"><SSLHostConfig>${certificate}</SSLHostConfig></Connector>`,
  });
  const manager = {
    ...{ manager_url: `http://127.0.0.1:${server.ports[0]}/manager`, manager_user: 'deploy' },
    manager_password: managerPassword,
  };
  return { fields: as('tomcat', { tomcat_dir: server.dir, ...manager }), stop: server.stop };
}

async function makeStore(type: 'p12' | 'jks'): Promise<Made> {
  const made = await storeEndpoint(type, type === 'p12' ? 'modern' : 'jks');
  const path = join(made.dir, `site.${type}`);
  const served = type === 'p12' ? path : join(made.dir, 'served.p12');
  const install: Record<string, string> = {};
  if (type === 'jks') {
    install.install_script = await script(made.dir, 'install.sh', exporting(path, served));
    await exec({ argv: [install.install_script, 'shop'], timeoutMs: 60_000, env: childEnvironment() });
  }
  const server = await startStoreServer(made.dir, served, storePassword);
  const more = { served_at: `127.0.0.1:${server.port}`, restart_script: server.restartScript };
  return {
    fields: as(type, { path, alias: 'shop', ...made.secrets, ...install, ...more }),
    async stop() {
      await server.stop();
      await made.stop();
    },
  };
}

/** The names of the fields are the same in the table of every type. */
const as = (type: string, fields: Record<string, string>): Made['fields'] => ({
  ...fields,
  type: type as 'nginx',
});

async function script(dir: string, name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}
