import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { connectLocally, failureOf } from '../../../electron/transport/client.ts';
import { attachPort, type PortLike } from '../../../electron/transport/port.ts';
import { socketPlace } from '../../../electron/transport/socket-place.ts';
import type { JunkWorld } from '../../../test/make/junk/world.ts';
import type { Chance } from '../../../test/make/random.ts';
import { rightHello, startImpostor } from '../../../test/servers/impostor.ts';
import { breakFrame, piecesOf } from './break-frames.ts';
import { breakJson } from './break-json.ts';
import { knock } from './lines.ts';
import type { OpenReaders, Reader } from './reader.ts';

const paths = [
  'endpoints/list',
  'tasks/list',
  'agent/status',
  'audit/list',
  'agent/events',
  'tasks/show',
  'proxy/get',
];
const words = [
  '\r\n',
  '\r\n\r\n',
  ':',
  '/',
  '\0',
  '"',
  '{',
  '}',
  '__proto__',
  'Transfer-Encoding: chunked\r\n',
  '%',
];

/** What the library puts around a value: dates, sets, addresses and the like are told by `meta`. */
const payload = {
  json: { task: 'x', limit: 5, states: ['done'], at: '2026-01-01T00:00:00.000Z' },
  meta: [
    [1, 'at'],
    [3, 'limit'],
    [8, 'states'],
    [4, 'task'],
  ],
};

/** Both ends of the local socket, and the port of the window, with a real agent behind them. */
export async function ofSockets(world: JunkWorld): Promise<OpenReaders> {
  await world.agent.listen();
  const place = socketPlace(world.agent.dataDirectory);
  const token = readFileSync(place.tokenPath, 'utf8');
  const impostor = await openImpostor();
  return {
    readers: [
      {
        ...{ name: 'call at the local socket', share: 10, refuses: () => false },
        make: (chance) => breakFrame(callOf(token, chance), words, callOf(token, chance), chance),
        read: (input) => knock({ path: place.path }, input),
      },
      {
        ...{ name: 'message at the port of the window', share: 10, refuses: () => false },
        make: (chance) =>
          breakFrame(messageOf(chance), ['"', '{', ',', '\\', ':', 'null'], messageOf(chance), chance),
        read: (input) => throughPort(world, input),
      },
      impostor.reader,
    ],
    async wrongNow() {
      const client = await connectLocally(world.agent.dataDirectory, null);
      const status = await client?.agent.status({});
      return status === undefined ? ['the local socket no longer answers'] : [];
    },
    close: impostor.close,
  };
}

/** A call of the command line: half of them with a broken value in a whole call. */
function callOf(token: string, chance: Chance): Buffer {
  const body = chance.int(2) === 0 ? Buffer.from(JSON.stringify(payload)) : breakJson(payload, chance);
  const head = [
    `POST /rpc/${chance.pick(paths)} HTTP/1.1`,
    ...['Host: trustkeep', `Authorization: Bearer ${token}`, 'Content-Type: application/json'],
    ...['X-Trustkeep-Actor: root%20a', `Content-Length: ${body.length}`],
  ].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

/** A message of the page: a request, an event of its own stream, an end. */
function messageOf(chance: Chance): Buffer {
  const message = chance.pick([
    {
      i: String(chance.int(3)),
      p: { u: `/${chance.pick(paths)}`, b: payload, h: { 'content-type': 'application/json' } },
    },
    { i: String(chance.int(3)), t: 3, p: { e: 'message', d: payload, m: { id: '1', retry: 5 } } },
    { i: String(chance.int(3)), t: 4 },
  ]);
  return chance.int(2) === 0 ? Buffer.from(JSON.stringify(message)) : breakJson(message, chance);
}

/** Ended when what was said on it is answered or not; nobody may wait for the answer of a page that went wrong. */
class Port extends EventEmitter implements PortLike {
  closed = false;
  postMessage(): void {}
  start(): void {}
  close(): void {
    this.closed = true;
    this.emit('close');
  }
}

async function throughPort(world: JunkWorld, input: Buffer): Promise<void> {
  const port = new Port();
  attachPort(world.agent.router, port, { origin: 'gui', actor: 'page' });
  const text = input.toString('utf8');
  for (const data of input.length % 3 === 0 ? piecesOf(input).map((one) => one.toString('utf8')) : [text])
    if (!port.closed) port.emit('message', { data });
  await new Promise((resolve) => setImmediate(resolve));
  if (!port.closed) port.close();
}

const listed = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"json":[{"id":"ep_1","name":"web","at":"2026-01-01T00:00:00.000Z"}],"meta":[[1,0,"at"]]}',
);

/** The agent that a caller finds, which may be anything. The first four bytes of an input say how long its hello is. */
async function openImpostor(): Promise<{ reader: Reader; close(): Promise<void> }> {
  const impostor = await startImpostor();
  const reader: Reader = {
    ...{ name: 'answer at the local socket', share: 5, refuses: isOurs },
    make: (chance) => {
      const first = chance.int(2) === 0 ? rightHello : breakFrame(rightHello, words, listed, chance);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(first.length);
      return Buffer.concat([length, first, breakFrame(listed, words, rightHello, chance)]);
    },
    async read(input) {
      const answerAt = 4 + input.readUInt32BE(0);
      impostor.hello = piecesOf(input.subarray(4, answerAt));
      impostor.answer = piecesOf(input.subarray(answerAt));
      const client = await connectLocally(impostor.directory, null);
      return client?.endpoints.list({});
    },
  };
  return { reader, close: impostor.close };
}

const isOurs = (error: unknown): boolean => failureOf(error).code !== 'internal';
