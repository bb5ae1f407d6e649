/**
 * What nginx was started with decides where its pid file and its configuration are, and only its command line tells:
 * kubernetes/ingress-nginx#4465 (pid file of another configuration), Mailu/Mailu#483 (never reloaded, pid file elsewhere),
 * certbot/certbot#7135 (an nginx whose pid file is another's).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent, open, restart } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import type { RunningNginx } from '#test/servers/nginx.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import {
  files,
  installAndRestart,
  leafFor,
  pair,
  planFor,
  prepareNginx,
  running,
  shown,
  start,
} from './real-nginx.ts';

const old = leafFor('a.example');
const block = {
  listen: ['127.0.0.1:{port} ssl'],
  names: ['a.example'],
  certificates: [pair('a')],
};

/** An nginx that runs with these arguments, its configuration without the lines they replace. */
async function startWith(without: RegExp, argv: (server: RunningNginx) => string[], keep = false) {
  const { server } = await start({ files: files({ a: old }), servers: [block], start: false });
  const config = await readFile(server.configPath, 'utf8');
  await writeFile(server.configPath, config.replace(without, keep ? 'pid run.pid;' : ''));
  const child = spawn(server.program, argv(server), { stdio: 'ignore' });
  await untilListening(server);
  running.push({ stop: () => stopped(server, child) });
  return server;
}

async function untilListening(server: RunningNginx): Promise<void> {
  const proof = { address: '127.0.0.1', port: server.ports[0] ?? 0, serverName: null };
  while ((await shown({ proofs: [proof] } as never))[0] === null) await systemClock.sleep(10);
}

async function stopped(server: RunningNginx, child: ChildProcess): Promise<void> {
  for (const name of ['run.pid.oldbin', 'run.pid', 'other.pid']) {
    const pid = Number((await readFile(join(server.dir, name), 'utf8').catch(() => '')).trim());
    if (pid > 0) process.kill(pid, 'SIGTERM');
    while (pid > 0 && (await readFile(join(server.dir, name)).catch(() => null)) !== null)
      await systemClock.sleep(10);
  }
  if (child.exitCode === null) child.kill();
}

/** Ids of the workers of a master that accept connections. */
async function workersOf(pid: number): Promise<number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  const titles = await Promise.all(
    children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  );
  return children.filter((_child, at) => /: worker process\0*$/.test(titles[at] ?? ''));
}

const endpointFor = (server: RunningNginx, nginxPrefix?: string) =>
  open(
    {
      settings: {
        ...{ type: 'nginx', nginxConfigPath: server.configPath, nginxPath: server.program },
        ...(nginxPrefix === undefined ? {} : { nginxPrefix }),
      },
    },
    new LocalConnection(systemClock),
  );

const pidLine = /pid .*nginx\.pid;/;
const relative = (server: RunningNginx) => ['-p', server.dir, '-c', 'nginx.conf'];

describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('a running nginx', () => {
  prepareNginx();

  it.each<[string, (server: RunningNginx) => string[], boolean]>([
    ['-p and a relative pid file', relative, true],
    ["-g 'pid …;'", (server) => ['-c', server.configPath, '-g', `pid ${server.dir}/other.pid;`], false],
    [
      "-p, -e and -g 'daemon off; pid …;'",
      (server) => [...relative(server), '-e', 'early.log', '-g', 'daemon off; pid other.pid;'],
      false,
    ],
  ])('that was started with %s is found, reloaded and shows what was installed', async (_how, argv, keep) => {
    const server = await startWith(pidLine, argv, keep);
    const endpoint = endpointFor(server);
    const { checks } = await endpoint.probe();
    expect(checks.find(({ name }) => name === 'running')).toMatchObject({ ok: true });
    const plan = await planFor(endpoint, 'a.example');
    expect(plan.warnings.join()).not.toContain('not running');
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    const commands = changesOf(plan.changes, 'command').map((one) => one.argv);
    expect(commands.at(-1)?.join(' ')).not.toContain('daemon');
  });

  it('that is handing over to a new program is known by both', async () => {
    const server = await startWith(pidLine, relative, true);
    const pid = Number(await readFile(join(server.dir, 'run.pid'), 'utf8'));
    process.kill(pid, 'SIGUSR2');
    while (
      (await readFile(join(server.dir, 'run.pid'), 'utf8').catch(() => String(pid))).trim() === String(pid)
    )
      await systemClock.sleep(10);
    const endpoint = endpointFor(server);
    const running = async () => (await endpoint.probe()).checks.find(({ name }) => name === 'running');
    const taken = Number(await readFile(join(server.dir, 'run.pid'), 'utf8'));
    await expect.poll(() => workersOf(taken)).toHaveLength(1);
    expect(await running()).toMatchObject({
      ok: false,
      sentence: expect.stringContaining(`process ${taken} took over from ${pid}`),
    });
    const refusal = { code: 'endpoint.handing-over', hint: expect.stringContaining(`kill -QUIT ${pid}`) };
    await expect(planFor(endpoint, 'a.example')).rejects.toMatchObject(refusal);
    const before = await workersOf(taken);
    await expect(restart(endpoint)).rejects.toMatchObject(refusal);
    expect(await workersOf(taken), 'nothing was told to reload').toEqual(before);

    // its workers end, and it waits for whether it has to take over again: it serves no one
    process.kill(pid, 'SIGWINCH');
    await expect
      .poll(running, { timeout: 60_000 })
      .toMatchObject({ ok: true, sentence: expect.stringContaining(`-p ${server.dir} `) });
    const plan = await planFor(endpoint, 'a.example');
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    expect(await workersOf(taken)).not.toEqual(before);
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
  });

  it('beside a note of a crash that names the process that runs by now is not handing over', async () => {
    const server = await startWith(pidLine, relative, true);
    await cp(join(server.dir, 'run.pid'), join(server.dir, 'run.pid.oldbin'));
    const { checks } = await endpointFor(server).probe();
    await rm(join(server.dir, 'run.pid.oldbin'));
    expect(checks.find(({ name }) => name === 'running')).toMatchObject({ ok: true });
  });

  it('beside another one with the same binary is the only one that is reloaded and waited for', async () => {
    const [ours, others] = [
      await startWith(pidLine, relative, true),
      await startWith(pidLine, relative, true),
    ];
    const master = async (server: RunningNginx) =>
      Number(await readFile(join(server.dir, 'run.pid'), 'utf8'));
    const before = await Promise.all([ours, others].map(async (one) => workersOf(await master(one))));
    const endpoint = endpointFor(ours);
    const plan = await planFor(endpoint, 'a.example');
    const fresh = leafFor('a.example');
    await installAndRestart(endpoint, plan, inAgent(fresh));
    // not asked again: when the reload is told to be done, every worker that accepts connections is a new one
    const [now, untouched] = await Promise.all(
      [ours, others].map(async (one) => workersOf(await master(one))),
    );
    expect(now?.filter((pid) => before[0]?.includes(pid))).toEqual([]);
    expect(untouched).toEqual(before[1]);
    expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
    const elsewhere = await planFor(endpointFor(others), 'a.example');
    expect(await shown(elsewhere)).toEqual([old.facts.fingerprint]);
  });

  it('that does not run is managed below the prefix that the endpoint names', async () => {
    const server = await startWith(pidLine, relative, true);
    const pid = Number(await readFile(join(server.dir, 'run.pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    while ((await readFile(join(server.dir, 'run.pid')).catch(() => null)) !== null)
      await systemClock.sleep(10);
    const said = (await endpointFor(server, server.dir).probe()).checks.find(
      ({ name }) => name === 'running',
    );
    expect(said?.sentence).toContain(`its PID file ${server.dir}/run.pid does not name an nginx process`);
  });

  it('is not what a process of another user says it is', async () => {
    const { server } = await start({ files: files({ a: old }), servers: [block], start: false });
    const name = `nginx: master process nginx -c ${server.configPath} -g load_module /tmp/planted.so;`;
    const script = `exec -a '${name}' cat`;
    const liar = spawn('bash', ['-c', script], {
      uid: 65534,
      gid: 65534,
      stdio: 'pipe',
    });
    running.push({ stop: () => Promise.resolve(void liar.kill()) });
    const seen = () => readFile(`/proc/${liar.pid}/cmdline`, 'utf8');
    while (!(await seen()).startsWith('nginx: ')) await systemClock.sleep(10);
    const plan = await planFor(endpointFor(server), 'a.example');
    expect(JSON.stringify(plan)).not.toContain('planted');
  });

  it('that something else keeps in the foreground is not ours to start again', async () => {
    const argv = (server: RunningNginx) => [...relative(server), '-g', 'daemon off;'];
    const server = await startWith(pidLine, argv, true);
    const endpoint = endpointFor(server);
    const plan = await planFor(endpoint, 'a.example');
    expect(await endpoint.snapshot(plan, 't')).not.toHaveProperty('startAgain');
    await endpoint.discard(null, 't');
  });
});
