import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import type { MadeEndpoint } from '#test/make/endpoints.ts';
import { exporting, storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { leftIn, type StoreServer, startStoreServer } from '#test/servers/store-server.ts';

const usable = have('keytool') && have('openssl') && canRunSshd();

let data: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let made: MadeEndpoint;
let server: StoreServer;
let sshd: Sshd | null;
beforeEach(async () => {
  data = tempDirectory('certify-key-store');
  await chmod(data.path, 0o755);
  agent = await startAgent({ dataDirectory: join(data.path, 'data') });
  sshd = null;
});
afterEach(async () => {
  await agent.close();
  await server?.stop();
  await made?.stop();
  await sshd?.stop();
  data.remove();
});

const script = async (name: string, text: string): Promise<string> => {
  const path = join(made.dir, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
};

/** Adds the endpoint and gives its node. */
async function added(more: Record<string, unknown>) {
  const path = 'path' in made.settings ? made.settings.path : '';
  const over =
    sshd === null
      ? {}
      : {
          connection_type: 'ssh',
          host: sshd.host,
          port: sshd.port,
          user: sshd.user,
          ssh_key_path: sshd.privateKeyPath,
        };
  const answer = await agent.call.endpoints.add({
    ...{ type: made.settings.type as 'p12', name: 'shop', path, auto_approve: true, ...made.secrets },
    ...{ served_at: `127.0.0.1:${server.port}`, ...over, ...more },
  });
  expect(answer.probe.checks.filter(({ ok }) => !ok)).toEqual([]);
  await agent.until(answer.taskId ?? '');
  const nodes = await agent.call.nodes.list({ endpoint: 'shop' });
  return nodes.find(({ key }) => key === 'shop')?.id ?? '';
}

async function requested(node: string) {
  const { taskId } = await agent.call.certificates.request({ node });
  const task = await agent.until(taskId);
  return { task, steps: JSON.stringify(task.steps, null, 1) };
}

const bytesOf = () => readFile('path' in made.settings ? made.settings.path : '');

describe.skipIf(!usable)('a certificate for a program that reads it from a key store', () => {
  test('is installed in a P12 store, loaded by its restart script and proved; with a script that loads nothing, the old one is back and proved', async () => {
    made = await storeEndpoint('p12', 'modern');
    const path = 'path' in made.settings ? made.settings.path : '';
    server = await startStoreServer(made.dir, path, storePassword);
    expect(await server.served()).toBe(made.old.facts.fingerprint);
    const seen = join(made.dir, 'alias');
    const install = await script(
      'install.sh',
      `printf '%s' "$#:$1" >'${seen}'; echo "with ${storePassword}"`,
    );
    const node = await added({ install_script: install, restart_script: server.restartScript });
    const { task, steps } = await requested(node);
    expect(task, steps).toMatchObject({ state: 'succeeded' });
    expect(await leftIn(seen)).toBe('1:shop');
    expect(steps).toContain(
      'openssl on this machine read the new key store and found the new key and certificate.',
    );
    expect(steps).toContain('ended with code 0: with [secret]');
    expect(steps).not.toContain(storePassword);
    const fingerprint = await server.served();
    expect(fingerprint).not.toBe(made.old.facts.fingerprint);

    const before = await bytesOf();
    await agent.call.endpoints.update({
      endpoint: 'shop',
      changes: { restart_script: await script('none.sh', 'exit 0') },
    });
    const second = await requested(node);
    expect(second.task, second.steps).toMatchObject({
      ...{ state: 'failed', restored: 'proved', failure: { code: 'install.not-served' } },
    });
    expect((await bytesOf()).equals(before)).toBe(true);
    expect(await server.served()).toBe(fingerprint);
  });

  test('is installed over SSH in a JKS store whose key has a password of its own, by an install script that is given the alias; one that is not loaded is restored and proved', async () => {
    sshd = await startSshd({ user: { sudo: 'nopasswd' } });
    made = await storeEndpoint('jks', 'jks');
    const [jks, p12] = ['path' in made.settings ? made.settings.path : '', join(made.dir, 'served.p12')];
    const install = await script('install.sh', exporting(jks, p12));
    const ran = await exec({ argv: [install, 'shop'], timeoutMs: 60_000, env: childEnvironment() });
    expect(ran.code, ran.stdout.toString()).toBe(0);
    server = await startStoreServer(made.dir, p12, storePassword);
    expect(await server.served()).toBe(made.old.facts.fingerprint);
    const more = { alias: 'shop', install_script: install, restart_script: server.restartScript };
    const node = await added(more);
    const { task, steps } = await requested(node);
    expect(task, steps).toMatchObject({ state: 'succeeded' });
    expect(steps).toContain('read the new key store and found the new key and certificate.');
    const fingerprint = await server.served();
    expect(fingerprint).not.toBe(made.old.facts.fingerprint);

    const before = await bytesOf();
    // the program ends the first time it is told to load, and loads the second time
    const once = join(made.dir, 'once');
    const first = `[ -e '${once}' ] || { : > '${once}'; echo 'cannot load'; exit 1; }`;
    const restart_script = await script('breaks.sh', `${first}\nexec '${server.restartScript}'`);
    await agent.call.endpoints.update({ endpoint: 'shop', changes: { restart_script } });
    const second = await requested(node);
    expect(second.task, second.steps).toMatchObject({
      ...{ state: 'failed', restored: 'proved', failure: { code: 'endpoint.restart-failed' } },
    });
    expect(second.task.failure?.peerSaid).toContain('cannot load');
    expect((await bytesOf()).equals(before)).toBe(true);
    expect(await server.served()).toBe(fingerprint);
  });
});
