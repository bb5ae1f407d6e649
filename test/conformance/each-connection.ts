import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type ConnectionType, connectionTypes } from '#shared/model/connection.ts';
import { type ConnectionPeer, type ConnectionShape, connectToPeer } from '#test/make/connection-peers.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { shapesOf } from './shapes.ts';

/** Every type of the table with what the suite runs over. */
export const shapes = await shapesOf<ConnectionType, ConnectionShape>('connections', connectionTypes);
export const isRoot = process.getuid?.() === 0;

/** What a test is given. */
interface Subject {
  type: ConnectionType;
  peer(): ConnectionPeer;
  connection(): HostConnection;
  /** A directory of the host, new for each test. */
  directory(): string;
  /** A path in it. */
  at(name: string): string;
  /** Names in it of files that a write should have cleared away. */
  leftovers(): Promise<string[]>;
}

/** What every connection promises, held over every way in which every type of the table works. */
export function eachConnection(promise: string, suite: (subject: Subject) => void): void {
  for (const [type, { cases }] of shapes) {
    for (const [name, { can, start }] of Object.entries(cases)) {
      describe.runIf(can)(`${type} connection, ${name}: ${promise}`, () => suite(subjectOf(type, start)));
    }
  }
}

function subjectOf(type: ConnectionType, start: () => Promise<ConnectionPeer>): Subject {
  let peer: ConnectionPeer;
  let connection: HostConnection;
  let directory: string;
  beforeAll(async () => {
    peer = await start();
    connection = await connectToPeer(peer);
  });
  afterAll(async () => {
    await connection?.close();
    await peer?.stop();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-connection-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  return {
    type,
    peer: () => peer,
    connection: () => connection,
    directory: () => directory,
    at: (name) => join(directory, name),
    leftovers: async () => (await readdir(directory)).filter((name) => name.includes('.trustkeep-')),
  };
}

/** What a file may be called. */
export const names = [
  'plain.pem',
  'with space',
  "it's",
  'a "quoted" name',
  '$HOME `id` $(id)',
  'back\\slash',
  'line\nfeed',
  'feed at the end\n',
  'zertifikat-ü-证书',
  '-rf',
  '*?[a]',
  '!hist;&|<>#~',
  'x'.repeat(250),
];

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
