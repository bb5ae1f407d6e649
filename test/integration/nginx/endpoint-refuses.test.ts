import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { connectTools } from '#test/make/connection.ts';
import { inAgent, listing, open, restart } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import type { RunningNginx } from '#test/servers/nginx.ts';
import { canRunSshd, startSshd } from '#test/servers/sshd.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  endpointOf,
  files,
  leafFor,
  pair,
  planFor,
  prepareNginx,
  running,
  shown,
  start,
} from './real-nginx.ts';

const mayMount = await canMount();

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

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a real nginx', () => {
  prepareNginx();

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
      connectTools,
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
