/**
 * The attack: another user of the same machine wants to command the agent. It tries the socket, the token, the
 * directory; lays links and directories of its own where the agent will put its; sends what is too big, too slow or leads
 * out of the tree; and waits for the agent to end to take its place.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { makeCommands } from '#test/make/commands.ts';
import { have } from '#test/servers/available.ts';
import { connectLocally } from '../../electron/transport/client.ts';
import { type LocalSocket, listenLocally } from '../../electron/transport/local-socket.ts';
import { socketPlace } from '../../electron/transport/socket-place.ts';
import { makeToken } from '../../electron/transport/token.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let socket: LocalSocket | null;

beforeEach(async () => {
  made = await makeCommands();
  socket = null;
});
afterEach(async () => {
  await socket?.close();
  made.close();
});

const listen = async (): Promise<LocalSocket> => {
  socket = await listenLocally(made.router, made.directory, silentLog);
  return socket;
};

function ask(
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const call = request(
      { socketPath: socket?.path, method: 'POST', path, headers, agent: false },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}

const asNobody = (script: string) => spawnSync('runuser', ['-u', 'nobody', '--', 'sh', '-c', script]);
const token = (): string => readFileSync(socketPlace(made.directory).tokenPath, 'utf8');

describe.runIf(process.platform !== 'win32')('at the local socket', () => {
  test.runIf(process.getuid?.() === 0 && have('runuser'))(
    'another user can neither connect nor read the token, even where the data directory was opened for all',
    async () => {
      chmodSync(made.directory, 0o777);
      const { path } = await listen();
      const { tokenPath } = socketPlace(made.directory);
      expect(asNobody(`cat '${tokenPath}'`).status).not.toBe(0);
      const node = `require('node:net').connect('${path}').on('connect',()=>process.exit(0)).on('error',()=>process.exit(9))`;
      const tried = spawnSync('setpriv', [
        ...['--reuid=65534', '--regid=65534', '--clear-groups', '--'],
        ...[process.execPath, '-e', node],
      ]);
      // 126 and 127: that user may not even run the program that would try
      expect([9, 126, 127]).toContain(tried.status);
    },
  );

  test('no path without the token answers, and none leads out of the commands', async () => {
    await listen();
    for (const path of ['/rpc/endpoints/list', '/', '/rpc', '/hello', '/hello?nonce=zz', '/hello?nonce=00'])
      expect((await ask(path, {})).status).toBe(401);
    const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' };
    for (const path of [
      ...[
        '/rpc/../../etc/passwd',
        '/rpc/%2e%2e/%2e%2e/etc/passwd',
        '/rpc/endpoints/__proto__',
        '/rpc/constructor',
      ],
      ...[
        '/rpc/endpoints/list/toString',
        '/rpc/endpoints%00/list',
        '//rpc/endpoints/list',
        '/rpc/endpoints/~orpc',
      ],
    ]) {
      const { status, text } = await ask(path, headers, '{}');
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toMatch(/root:|node_modules|\n\s+at /);
    }
  });

  test.each(['', 'Bearer ', 'Bearer undefined', 'Bearer 0', `Bearer ${'0'.repeat(64)}`, 'Basic YTpi'])(
    'the wrong token %j gets no answer',
    async (authorization) => {
      await listen();
      expect(await ask('/rpc/endpoints/list', { authorization }, '{}')).toMatchObject({
        status: 401,
        text: '',
      });
    },
  );

  test('a body without end is cut off and hurts nobody else', async () => {
    await listen();
    const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' };
    const big = await ask('/rpc/endpoints/add', headers, `{"json":"${'x'.repeat(3_000_000)}"}`).catch(
      () => null,
    );
    expect(big === null || big.status >= 400).toBe(true);
    expect(await (await connectLocally(made.directory, null))?.endpoints.list({})).toEqual([]);
  });

  test('two hundred callers that say nothing do not keep the owner out, nor the agent from ending', async () => {
    const { path } = await listen();
    const slow = Array.from({ length: 200 }, () => connect(path).on('error', () => {}));
    for (const one of slow) one.write('POST /rpc/endpoints/list HTTP/1.1\r\nhost: x\r\ncontent-le');
    expect(await (await connectLocally(made.directory, null))?.endpoints.list({})).toEqual([]);
    const begun = performance.now();
    await socket?.close();
    expect(performance.now() - begun).toBeLessThan(20_000);
    for (const one of slow) one.destroy();
  });

  test('a link where the directory of the socket belongs is refused', async () => {
    const { directory } = socketPlace(made.directory);
    const elsewhere = join(made.directory, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o777 });
    symlinkSync(elsewhere, directory ?? '');
    await expect(listen()).rejects.toMatchObject({ code: 'socket.foreign' });
    expect(existsSync(join(elsewhere, 'agent.sock'))).toBe(false);
  });

  test('a link where the token belongs is replaced, not written through', async () => {
    const { tokenPath, directory } = socketPlace(made.directory);
    const victim = join(made.directory, 'victim');
    mkdirSync(directory ?? '', { mode: 0o700 });
    writeFileSync(victim, 'precious');
    symlinkSync(victim, tokenPath);
    symlinkSync(victim, `${tokenPath}.new`);
    await listen();
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(tokenPath).isFile()).toBe(true);
    expect(lstatSync(tokenPath).mode & 0o777).toBe(0o600);
  });

  test('the token of an earlier start is worth nothing', async () => {
    await listen();
    const old = token();
    await socket?.close();
    await listen();
    expect(token()).not.toBe(old);
    expect((await ask('/rpc/endpoints/list', { authorization: `Bearer ${old}` }, '{}')).status).toBe(401);
  });

  test('the name a caller gives itself cannot break a line, or fill one', async () => {
    await listen();
    const client = await connectLocally(
      made.directory,
      `root\r\n2026 ok forged\u001b[2J${'x'.repeat(5_000)}`,
    );
    await client?.endpoints.add({ type: 'nginx', name: 'web' });
    const actor = made.audit().at(-1)?.actor ?? '';
    expect(actor).not.toMatch(/\p{Cc}/u);
    expect(actor.length).toBeLessThanOrEqual(128);
  });

  test('a token is made for its owner alone', () => {
    const path = join(made.directory, 'deep', 'token');
    makeToken(path);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(made.directory, 'deep')).mode & 0o777).toBe(0o700);
  });
});
