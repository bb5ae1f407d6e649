import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { connectLocally } from '../../../electron/transport/client.ts';
import { type LocalSocket, listenLocally } from '../../../electron/transport/local-socket.ts';
import { socketPlace } from '../../../electron/transport/socket-place.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let sockets: LocalSocket[];
const onUnix = process.platform !== 'win32';

beforeEach(async () => {
  made = await makeCommands();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) await socket.close();
  made.close();
});

async function listen(directory = made.directory): Promise<LocalSocket> {
  const socket = await listenLocally(made.router, directory, silentLog);
  sockets.push(socket);
  return socket;
}

async function connected(directory = made.directory) {
  const client = await connectLocally(directory, 'alice (sudo bob)');
  if (client === null) throw new Error('nobody answers');
  return client;
}

describe('a caller at the socket', () => {
  test('calls commands and is audited with the name it goes by', async () => {
    await listen();
    const client = await connected();
    const { endpoint } = await client.endpoints.add({ type: 'nginx', name: 'büro' });
    expect(await client.endpoints.show({ endpoint: 'büro' })).toEqual({
      ...endpoint,
      storeName: null,
      secretStores: {},
      authorityName: null,
      fallbackName: null,
      toCleanUp: null,
    });
    expect(made.audit()).toMatchObject([{ origin: 'cli', actor: 'alice (sudo bob)' }]);
  });

  test('gets failures as they were', async () => {
    await listen();
    const failure = await failureFrom((await connected()).endpoints.show({ endpoint: 'nope' }));
    expect(failure).toMatchObject({
      code: 'endpoint.not-found',
      message: 'There is no endpoint "nope".',
      hint: 'List them: trustkeep tls list',
      retry: 'needs-person',
    });
  });

  test('hears events as they happen and can hang up', async () => {
    await listen();
    const client = await connected();
    const stop = new AbortController();
    const stream = await client.agent.events({}, { signal: stop.signal });
    expect((await stream.next()).value).toMatchObject({ type: 'hello' });
    made.tools.agent.events.changed('tasks', 'task_1');
    expect((await stream.next()).value).toMatchObject({ type: 'changed', topic: 'tasks', id: 'task_1' });
    stop.abort();
    await stream.return?.();
    expect(await client.endpoints.list({})).toEqual([]);
  });

  test('is told that the agent is gone when it went', async () => {
    const socket = await listen();
    const client = await connected();
    await socket.close();
    expect(await failureFrom(client.endpoints.list({}))).toMatchObject({
      code: 'agent.unreachable',
      retry: 'later',
    });
    expect(await connectLocally(made.directory, null)).toBeNull();
  });

  test('finds nobody where no agent ever ran', async () => {
    expect(await connectLocally(join(made.directory, 'empty'), null)).toBeNull();
  });
});

describe.runIf(onUnix)('the socket', () => {
  test('and its directory are for the owner alone', async () => {
    const { path } = await listen();
    const { directory, tokenPath } = socketPlace(made.directory);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory ?? '').mode & 0o777).toBe(0o700);
    expect(statSync(tokenPath).mode & 0o777).toBe(0o600);
  });

  test('left behind by a killed agent is cleared away', async () => {
    const first = socketPlace(made.directory);
    mkdirSync(first.directory ?? '', { recursive: true });
    const dead = await abandonedSocket(first.path);
    expect(existsSync(dead)).toBe(true);
    await listen();
    expect(await (await connected()).endpoints.list({})).toEqual([]);
  });

  test('of a living agent is left alone', async () => {
    await listen();
    await expect(listenLocally(made.router, made.directory, silentLog)).rejects.toMatchObject({
      code: 'agent.already-running',
    });
    expect(await (await connected()).endpoints.list({})).toEqual([]);
  });

  test('that is something else is not removed', async () => {
    const { path, directory } = socketPlace(made.directory);
    mkdirSync(directory ?? '', { recursive: true });
    writeFileSync(path, 'precious');
    await expect(listenLocally(made.router, made.directory, silentLog)).rejects.toMatchObject({
      code: 'socket.foreign',
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test.runIf(process.getuid?.() === 0)('in a directory of somebody else is not used', async () => {
    const { directory } = socketPlace(made.directory);
    mkdirSync(directory ?? '', { recursive: true });
    chownSync(directory ?? '', 65534, 65534);
    await expect(listenLocally(made.router, made.directory, silentLog)).rejects.toMatchObject({
      code: 'socket.foreign',
      message: `${directory} belongs to another user.`,
    });
  });

  test('is removed at the end', async () => {
    const socket = await listen();
    await socket.close();
    expect(existsSync(socket.path)).toBe(false);
  });

  test('of a data directory with a long path finds a short place', async () => {
    const root = mkdtempSync(join(tmpdir(), 'trustkeep-long-'));
    const long = join(root, 'd'.repeat(60), 'e'.repeat(60));
    mkdirSync(long, { recursive: true });
    const { path } = await listen(long);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(await (await connected(long)).endpoints.list({})).toEqual([]);
    await sockets[0]?.close();
    rmSync(root, { recursive: true });
  });
});

describe.runIf(onUnix)('whoever has no right', () => {
  test('to the token gets no answer', async () => {
    const { path } = await listen();
    for (const authorization of ['', 'Bearer ', `Bearer ${'0'.repeat(64)}`]) {
      expect(await raw(path, { authorization })).toMatchObject({ status: 401, body: '' });
    }
  });

  test('to be the agent is told nothing', async () => {
    const socket = await listen();
    const { tokenPath } = socketPlace(made.directory);
    await socket.close();
    writeFileSync(tokenPath, 'a token the impostor does not know');
    const heard: string[] = [];
    const impostor = await impostorAt(socket.path, heard);
    await expect(connectLocally(made.directory, null)).rejects.toMatchObject({ code: 'socket.foreign' });
    expect(heard.join('')).not.toContain('a token the impostor');
    await new Promise((done) => impostor.close(done));
  });
});

test('a body that is far too big is refused', async () => {
  await listen();
  const client = await connected();
  const names = Array.from({ length: 100 }, () => 'x'.repeat(20_000));
  await expect(client.certificates.request({ node: 'n', names })).rejects.toThrow();
  expect(await client.endpoints.list({})).toEqual([]);
});

/** Bound by a process that then vanished without a word: what `kill -9` leaves. */
async function abandonedSocket(path: string): Promise<string> {
  const { exec } = await import('#kit/exec.ts');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await exec({ argv: [process.execPath, '-e', script], timeoutMs: 60_000 });
  return path;
}

function impostorAt(path: string, heard: string[]): Promise<Server> {
  return new Promise((done) => {
    const server = createServer((line) => {
      line.on('error', () => {});
      line.on('data', (part) => {
        heard.push(part.toString('utf8'));
        const body = JSON.stringify({ program: 'trustkeep', proof: '0'.repeat(64) });
        line.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      });
    });
    server.listen(path, () => done(server));
  });
}

function raw(socketPath: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const call = request({ socketPath, method: 'POST', path: '/rpc/endpoints/list', headers }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => {
        body += part.toString('utf8');
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, body }));
    });
    call.on('error', fail);
    call.end('{"json":{}}');
  });
}
