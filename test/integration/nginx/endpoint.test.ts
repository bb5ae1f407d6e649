import { lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { endpointTools, inAgent, keysOf, listing, open, restart, testCa } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { type NginxOptions, type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { canRunSshd, startSshd } from '#test/servers/sshd.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import type { Endpoint, Material } from '../../../electron/providers/endpoints/endpoint.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const leafFor = (...names: string[]) => makeLeaf(testCa, { names, intermediate: true });
const files = (leaves: Record<string, MadeLeaf>) =>
  Object.fromEntries(
    Object.entries(leaves).flatMap(([name, leaf]) => [
      [`${name}.crt`, leaf.chainPem],
      [`${name}.key`, leaf.keyPem],
    ]),
  );
const pair = (name: string) => ({ certificate: `${name}.crt`, key: `${name}.key` });

async function start(options: NginxOptions): Promise<{ server: RunningNginx; endpoint: Endpoint }> {
  const server = await startNginx(options);
  running.push(server);
  return { server, endpoint: endpointOf(server) };
}

const endpointOf = (server: RunningNginx) =>
  open(
    { settings: { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: server.program } },
    new LocalConnection(systemClock),
  );

async function nodeNamed(endpoint: Endpoint, name: string): Promise<DiscoveredNode> {
  const nodes = await endpoint.nodes();
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name} among ${nodes.map((one) => one.name).join(', ')}`);
  return node;
}

async function planFor(endpoint: Endpoint, name: string): Promise<InstallPlan> {
  return endpoint.plan((await nodeNamed(endpoint, name)).key);
}

/** Leaf that each proof of a plan shows. */
async function shown(plan: InstallPlan): Promise<(string | null)[]> {
  const answers = await Promise.all(plan.proofs.map((proof) => probeTls(proof)));
  return answers.map((answer) => (answer.kind === 'certificate' ? answer.leafFingerprint : null));
}

async function installAndRestart(endpoint: Endpoint, plan: InstallPlan, material: Material) {
  const snapshot = await endpoint.snapshot(plan, 't');
  await endpoint.install(plan, material);
  await restart(endpoint);
  return snapshot;
}

const mayMount = await canMount();

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx', () => {
  it('shows at every proof of every node the certificate that was discovered for it', async () => {
    const leaves = {
      a: leafFor('a.example', 'www.a.example'),
      wild: leafFor('*.wild.example'),
      regex: leafFor('r1.example'),
      fallback: leafFor('fallback.example'),
      six: leafFor('six.example'),
      outer: leafFor('outer.example'),
    };
    const { endpoint } = await start({
      files: {
        ...files(leaves),
        'sites/10-wild.conf':
          'server { listen 127.0.0.1:{port} ssl; server_name *.wild.example; ssl_certificate wild.crt; ssl_certificate_key wild.key; }',
        'sites/20-regex.conf': String.raw`server { listen 127.0.0.1:{port}; server_name "~^r\d+\.example$"; ssl_certificate regex.crt; ssl_certificate_key "regex.key"; }`,
        'sites/.hidden.conf': 'this is not nginx',
      },
      http: `
        ssl_certificate outer.crt; ssl_certificate_key outer.key;
        include sites/*.conf;
        server { listen 127.0.0.1:{port} ssl; server_name a.example www.a.example; ssl_certificate a.crt; ssl_certificate_key a.key; }
        server { listen 127.0.0.1:{port} ssl default_server; listen *:{port2} ssl; server_name _; ssl_certificate fallback.crt; ssl_certificate_key fallback.key; }
        server { listen [::1]:{port3} ssl; listen [::]:{port4} ssl; server_name six.example; ssl_certificate six.crt; ssl_certificate_key six.key; }
        server { listen 127.0.0.3:{port2} ssl; listen 127.0.0.1:{port2} ssl; server_name outer.example; }
        server { listen 127.0.0.1:{port5}; server_name plain.example; location / { root /srv/www; } }
      `,
    });
    const nodes = await endpoint.nodes();
    expect(nodes).toHaveLength(7);
    for (const node of nodes.filter((one) => one.protocol === 'https')) {
      expect([node.name, node.notInstallable]).toEqual([node.name, null]);
      const plan = await endpoint.plan(node.key);
      expect(plan.proofs).toHaveLength(node.bindings.length);
      for (const leaf of await shown(plan))
        expect([node.name, leaf]).toEqual([node.name, node.certificate?.fingerprint]);
    }
    expect(nodes.find((one) => one.name === 'plain.example')).toMatchObject({
      protocol: 'http',
      webRoot: '/srv/www',
    });
  });

  it('serves the new certificate after a restart at once, and the old one after the restore', async () => {
    const old = leafFor('a.example');
    const { endpoint } = await start({
      files: files({ a: old }),
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl', '[::1]:{port} ssl'],
          names: ['a.example'],
          certificates: [pair('a')],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    const fresh = leafFor('a.example');
    const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint, fresh.facts.fingerprint]);
    await endpoint.restore(snapshot);
    await restart(endpoint);
    expect(await shown(plan)).toEqual([old.facts.fingerprint, old.facts.fingerprint]);
  });

  it('gives a node files of its own when a stranger uses its certificate, and leaves the stranger alone', async () => {
    const old = leafFor('a.example', 'b.example');
    const { endpoint, server } = await start({
      files: {
        ...files({ shared: old }),
        'sites/b.conf':
          'server {\n  listen 127.0.0.1:{port} ssl;\n  server_name b.example;\n  ssl_certificate shared.crt; # both\n  ssl_certificate_key shared.key;\n}\n',
      },
      http: 'include sites/*; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate shared.crt; ssl_certificate_key shared.key; }',
    });
    const before = await listing(server.dir);
    const [plan, other] = [await planFor(endpoint, 'b.example'), await planFor(endpoint, 'a.example')];
    expect(changesOf(plan.changes, 'configuration-line').map((edit) => [edit.line, edit.before])).toEqual([
      [4, 'ssl_certificate shared.crt;'],
      [5, 'ssl_certificate_key shared.key;'],
    ]);
    const fresh = leafFor('b.example');
    const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect(await shown(other)).toEqual([old.facts.fingerprint]);
    expect(await readFile(join(server.dir, 'sites/b.conf'), 'utf8')).toContain('.crt; # both\n');
    const next = await planFor(endpoint, 'b.example');
    expect([
      changesOf(next.changes, 'configuration-line'),
      next.shares?.filter((one) => one.what === 'certificate'),
    ]).toEqual([[], []]);
    await endpoint.restore(snapshot);
    await restart(endpoint);
    expect(await shown(plan)).toEqual([old.facts.fingerprint]);
    await endpoint.discard(snapshot, 't');
    expect(await listing(server.dir)).toEqual(before);
  });

  it('gives a node that inherits a certificate, or has none, directives of its own', async () => {
    const outer = leafFor('outer.example');
    const inherits = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
    for (const [http, name] of [
      [
        `${inherits} server { listen 127.0.0.1:{port} ssl; server_name x.example; } server { listen 127.0.0.1:{port} ssl; server_name a.example; }`,
        'a.example',
      ],
      [
        `server { listen 127.0.0.1:{port} ssl; server_name x.example; ${inherits} } server { listen 127.0.0.1:{port} ssl; server_name a.example; }`,
        'a.example',
      ],
    ] as const) {
      const { endpoint, server } = await start({ files: files({ a: outer }), http });
      const [plan, other] = [await planFor(endpoint, name), await planFor(endpoint, 'x.example')];
      expect(changesOf(plan.changes, 'file').map((file) => [file.holds, file.before === null])).toEqual([
        ['private-key', true],
        ['certificate', true],
        ['configuration', false],
      ]);
      const before = await listing(server.dir);
      const fresh = leafFor(name);
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await shown(other)).toEqual([outer.facts.fingerprint]);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await endpoint.discard(snapshot, 't');
      expect(await listing(server.dir)).toEqual(before);
    }
  });

  it('tells who else shows a certificate that stands in a snippet for several blocks', async () => {
    const { endpoint } = await start({
      files: {
        ...files({ a: leafFor('a.example') }),
        'tls.inc': 'ssl_certificate a.crt; ssl_certificate_key a.key;',
      },
      http: 'server { listen 127.0.0.1:{port} ssl; server_name a.example; include tls.inc; } server { listen 127.0.0.1:{port2} ssl; server_name b.example; include tls.inc; }',
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'configuration-line')).toEqual([]);
    expect(plan.shares).toMatchObject([
      { what: 'certificate', who: expect.stringContaining('server b.example') },
    ]);
    expect(plan.warnings.join()).toContain('server b.example');
    const fresh = leafFor('a.example', 'b.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(await planFor(endpoint, 'b.example'))).toEqual([fresh.facts.fingerprint]);
  });

  it('tells which blocks at the same address get the certificate of the default one', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example'), b: leafFor('b.example') }),
      servers: [
        { listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] },
        { listen: ['127.0.0.1:{port} ssl'], names: ['b.example'], certificates: [pair('b')] },
      ],
    });
    const shares = (await planFor(endpoint, 'a.example')).shares;
    expect(shares).toMatchObject([{ what: 'address', who: expect.stringContaining('server b.example') }]);
    expect((await planFor(endpoint, 'b.example')).shares).toEqual([]);
  });

  it('tells of other directives that read the file', async () => {
    const { endpoint } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl'],
          names: ['a.example'],
          certificates: [pair('a')],
          lines: ['ssl_verify_client optional;', 'ssl_client_certificate {dir}/a.crt;'],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    expect(plan.warnings.join()).toContain('ssl_client_certificate');
    expect(changesOf(plan.changes, 'configuration-line')).toHaveLength(2);
  });

  it('replaces only the certificate of its kind when a block has RSA and ECDSA', async () => {
    const rsa = makeLeaf(testCa, { names: ['a.example'], keyType: 'rsa-2048' });
    const ec = leafFor('a.example');
    const { endpoint, server } = await start({
      files: files({ rsa, ec }),
      servers: [
        { listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('rsa'), pair('ec')] },
      ],
    });
    const plan = await planFor(endpoint, 'a.example (RSA)');
    await expect(endpoint.install(plan, inAgent(leafFor('a.example')))).rejects.toMatchObject({
      code: 'endpoint.key-type-differs',
    });
    const fresh = makeLeaf(testCa, { names: ['a.example'], keyType: 'rsa-2048' });
    await installAndRestart(endpoint, plan, inAgent(fresh));
    const at = { address: '127.0.0.1', port: server.ports[0] ?? 0, serverName: 'a.example' };
    expect(await probeTls({ ...at, keyAlgorithm: 'rsa' })).toMatchObject({
      leafFingerprint: fresh.facts.fingerprint,
    });
    expect(await probeTls({ ...at, keyAlgorithm: 'ecdsa' })).toMatchObject({
      leafFingerprint: ec.facts.fingerprint,
    });
  });

  it('installs a key made on the target into a file with certificate and key', async () => {
    const old = leafFor('a.example');
    const { endpoint } = await start({
      files: { 'both.pem': old.keyPem + old.chainPem },
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl'],
          names: ['a.example'],
          certificates: [{ certificate: 'both.pem', key: 'both.pem' }],
        },
      ],
    });
    const plan = await planFor(endpoint, 'a.example');
    const key = await keysOf(endpoint).makeKey(plan, 'ec-p256', 't');
    const fresh = makeLeaf(testCa, {
      names: ['a.example'],
      keyOf: { keyPem: '', spki: key.spki, keyType: 'ec-p256' },
    });
    await installAndRestart(endpoint, plan, {
      chainPem: fresh.chainPem,
      key: { where: 'target', path: key.path },
    });
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect(changesOf((await planFor(endpoint, 'a.example')).changes, 'file')).toMatchObject([
      { holds: 'certificate-and-key' },
    ]);
  });

  it('follows symbolic links, leaves them as they are, and notices when they lead elsewhere', async () => {
    const { endpoint, server } = await start({
      files: files({ 'live/a': leafFor('a.example'), 'archive/a1': leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('live/a')] }],
    });
    for (const kind of ['crt', 'key']) {
      await rm(join(server.dir, `live/a.${kind}`));
      await symlink(`../archive/a1.${kind}`, join(server.dir, `live/a.${kind}`));
    }
    await server.reload();
    const plan = await planFor(endpoint, 'a.example');
    expect(changesOf(plan.changes, 'file').map((file) => file.path)).toEqual([
      join(server.dir, 'archive/a1.key'),
      join(server.dir, 'archive/a1.crt'),
    ]);
    expect(plan.warnings.join()).toContain('is a link to');
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    expect((await lstat(join(server.dir, 'live/a.crt'))).isSymbolicLink()).toBe(true);

    const again = await planFor(endpoint, 'a.example');
    await writeFile(join(server.dir, 'archive/a2.crt'), fresh.chainPem);
    await rm(join(server.dir, 'live/a.crt'));
    await symlink('../archive/a2.crt', join(server.dir, 'live/a.crt'));
    await expect(endpoint.checkDrift(again)).rejects.toThrow('live/a.crt now leads to');
  });

  it('notices every change of the configuration as drift', async () => {
    const { endpoint, server } = await start({
      files: { ...files({ a: leafFor('a.example') }), 'more/x.conf': 'gzip on;' },
      http: 'include more/*.conf; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate a.crt; ssl_certificate_key a.key; }',
    });
    const plan = await planFor(endpoint, 'a.example');
    const at = (name: string) => join(server.dir, 'more', name);
    await endpoint.checkDrift(plan);
    await writeFile(at('x.conf'), 'gzip off;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(`${at('x.conf')} has other content`);
    await rename(at('x.conf'), at('y.conf'));
    await writeFile(at('y.conf'), 'gzip on;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(
      `${at('x.conf')} is no longer part of the configuration`,
    );
    await expect(endpoint.checkDrift(plan)).rejects.toThrow(
      `${at('y.conf')} is a new part of the configuration`,
    );
    await writeFile(at('y.conf'), 'gzip maybe;');
    await expect(endpoint.checkDrift(plan)).rejects.toThrow('no longer accepts its configuration');
  });

  it('refuses to plan where nginx would include what is kept during an install', async () => {
    const { endpoint } = await start({
      files: files({ 'd/a': leafFor('a.example') }),
      http: 'include d/.trust*; server { listen 127.0.0.1:{port} ssl; server_name a.example; ssl_certificate d/a.crt; ssl_certificate_key d/a.key; }',
    });
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject({ code: 'node.not-installable' });
  });

  it('says in nginx’s own words that the configuration is not accepted', async () => {
    const { endpoint, server } = await start({ servers: [{ listen: ['127.0.0.1:{port}'] }] });
    await writeFile(server.configPath, `${await readFile(server.configPath, 'utf8')}\nnonsense on;\n`);
    const failure = {
      code: 'endpoint.configuration-invalid',
      message: expect.stringContaining('unknown directive "nonsense"'),
    };
    await expect(endpoint.nodes()).rejects.toMatchObject(failure);
    await expect(restart(endpointOf(server))).rejects.toMatchObject(failure);
    const report = await endpoint.probe();
    expect(report.ok).toBe(false);
    expect(report.checks.find((one) => one.name === 'configuration')?.sentence).toContain('nonsense');
  });

  it.skipIf(!canRunSshd())('says to an account without rights what it may not do', async () => {
    const { server } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] }],
    });
    const sshd = await startSshd({ user: {} });
    running.push(sshd);
    const { host, port, user, hostKeyFingerprint: hostKey } = sshd;
    const connection = await connect(
      { type: 'ssh', host, port, user, hostKey, auth: 'private-key', store: null, storeCredentialId: null },
      { privateKey: Secret.of(sshd.privateKeyPem) },
      endpointTools,
    );
    running.push({ stop: () => connection.close() });
    const settings = { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: null } as const;
    await expect(open({ settings }, connection).nodes()).rejects.toMatchObject({ code: 'endpoint.denied' });
    const check = (await open({ settings }, connection).probe()).checks.find(
      (one) => one.name === 'configuration',
    );
    expect(check?.sentence).toMatch(/is not allowed to check the nginx configuration: .*a\.key.* sudo\./);
  });

  it('says that the program is missing, and what to do', async () => {
    const settings = { type: 'nginx', nginxConfigPath: null, nginxPath: '/nowhere/nginx' } as const;
    const endpoint = open({ settings }, new LocalConnection(systemClock));
    await expect(endpoint.nodes()).rejects.toMatchObject({ code: 'endpoint.program-missing' });
    expect(await endpoint.probe()).toMatchObject({ ok: false, version: null });
  });

  it('refuses a chain that nginx does not take, and is restored exactly', async () => {
    const old = leafFor('a.example');
    const { endpoint, server } = await start({
      files: files({ a: old }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] }],
    });
    const before = await listing(server.dir);
    const plan = await planFor(endpoint, 'a.example');
    const fresh = leafFor('a.example');
    const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const snapshot = await endpoint.snapshot(plan, 't');
    const material = { ...inAgent(fresh), chainPem: fresh.certPem + broken };
    await expect(endpoint.install(plan, material)).rejects.toMatchObject({
      code: 'endpoint.configuration-invalid',
    });
    expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
    await restart(endpoint);
    expect(await shown(plan)).toEqual([old.facts.fingerprint]);
    await endpoint.discard(snapshot, 't');
    expect(await listing(server.dir)).toEqual(before);
  });

  it('notices a reload that nginx began and gave up', async () => {
    const { endpoint, server } = await start({ servers: [{ listen: ['127.0.0.1:{port}'] }] });
    const taken = await occupy();
    const config = await readFile(server.configPath, 'utf8');
    await writeFile(server.configPath, config.replace('server {', `server { listen 127.0.0.1:${taken};`));
    await expect(restart(endpoint)).rejects.toMatchObject({
      code: 'endpoint.restart-failed',
      peerSaid: expect.stringMatching(/Address already in use|still could not bind/),
    });
  });

  it('does not start an nginx that did not run, but one that ended after a snapshot', async () => {
    const { endpoint, server } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] }],
    });
    const plan = await planFor(endpoint, 'a.example');
    const snapshot = await endpoint.snapshot(plan, 't');
    await end(server);
    await expect(restart(endpointOf(server))).rejects.toMatchObject({ code: 'endpoint.not-running' });
    expect((await endpointOf(server).probe()).checks.find((one) => one.name === 'running')).toMatchObject({
      ok: false,
    });
    expect((await planFor(endpointOf(server), 'a.example')).warnings.join()).toContain('is not running');
    const later = endpointOf(server);
    await later.restore(JSON.parse(JSON.stringify(snapshot)));
    await restart(later);
    expect(await server.pid()).not.toBeNull();
  });

  it.skipIf(!mayMount)('finds a full disk when it takes the snapshot, before any change', async () => {
    const { endpoint, server } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] }],
    });
    const small = join(server.dir, 'small');
    await mkdir(small);
    const disk = await mountTiny(small, '16k');
    running.push({ stop: disk.unmount });
    for (const name of ['a.crt', 'a.key'])
      await writeFile(join(small, name), await readFile(join(server.dir, name)), { mode: 0o600 });
    const config = (await readFile(server.configPath, 'utf8')).replaceAll(/ a\.(crt|key)/g, ' small/a.$1');
    await writeFile(server.configPath, config);
    await server.reload();
    const plan = await planFor(endpoint, 'a.example');
    await writeFile(join(small, 'filler'), Buffer.alloc(8192)).catch(() => {});
    const before = await listing(server.dir);
    await expect(endpoint.snapshot(plan, 't')).rejects.toMatchObject({ code: 'file.disk-full' });
    await endpoint.discard(null, 't');
    expect(await listing(server.dir)).toEqual(before);
  });

  it('does not let go a private key that lies in a certificate file', async () => {
    const old = leafFor('a.example');
    const { endpoint } = await start({
      files: { 'both.pem': old.chainPem + old.keyPem },
      servers: [
        {
          listen: ['127.0.0.1:{port} ssl'],
          names: ['a.example'],
          certificates: [{ certificate: 'both.pem', key: 'both.pem' }],
        },
      ],
    });
    const said = JSON.stringify([await endpoint.nodes(), await planFor(endpoint, 'a.example')]);
    expect(said).not.toContain(old.keyPem.split('\n')[1]);
  });
});

async function occupy(): Promise<number> {
  const holder = await new Promise<Server>((resolve) => {
    const socket = createServer();
    socket.listen(0, '127.0.0.1', () => resolve(socket));
  });
  running.push({ stop: () => new Promise((resolve) => holder.close(() => resolve())) });
  return (holder.address() as { port: number }).port;
}

/** Ends nginx but keeps its directory. */
async function end(server: RunningNginx): Promise<void> {
  const pid = await server.pid();
  if (pid !== null) process.kill(pid, 'SIGTERM');
  while ((await server.pid()) !== null) await systemClock.sleep(10);
}
