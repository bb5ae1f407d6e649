import { createSocket } from 'node:dgram';
import { makeDns } from '../../../electron/net/dns.ts';
import type { Chance } from '../../../test/make/random.ts';
import { breakFrame } from './break-frames.ts';
import type { OpenReaders, Reader } from './reader.ts';

/** Data of a record by its type (RFC 1035 3.3, RFC 3596 2.2); `c00c` is the name that was asked for. */
const records = {
  A: ['0001', '0a000001'],
  AAAA: ['001c', '20010db8000000000000000000000001'],
  CNAME: ['0005', '03777777c00c'],
  NS: ['0002', '026e73c00c'],
  SOA: ['0006', '026e73c00c02686dc00c0000000100000002000000030000000400000005'],
  TXT: ['0010', '0661626364656603616263'],
} as const;
type RecordType = keyof typeof records;
const types = Object.keys(records) as RecordType[];

/** One answer of that type, for an hour. */
function recordOf(type: RecordType): Buffer {
  const [code, data] = records[type];
  const length = (data.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(`c00c${code}000100000e10${length}${data}`, 'hex');
}

/**
 * A name server that answers what it was asked with anything. Number and question are those that were asked: other answers are not
 * read at all, and waited for. The first byte of an input says which type is asked for, the second how many answers there are.
 */
export async function ofNames(): Promise<OpenReaders> {
  const server = createSocket('udp4');
  let says: Buffer = Buffer.alloc(0);
  server.on('message', (question, from) =>
    server.send(Buffer.concat([headOf(question, says[1] ?? 1), says.subarray(2)]), from.port, from.address),
  );
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', () => resolve()));
  const dns = makeDns({ resolvers: [`127.0.0.1:${server.address().port}`] });
  const reader: Reader = {
    ...{ name: 'DNS answer', share: 10, refuses: () => false, make: makeAnswer },
    read(input) {
      says = input;
      return dns.ask(types[input[0] ?? 0] ?? 'A', 'a.example', null, AbortSignal.timeout(10_000));
    },
  };
  return {
    readers: [reader],
    wrongNow: async () => [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function makeAnswer(chance: Chance): Buffer {
  const at = chance.int(types.length);
  const count = chance.pick([1, 1, 1, 2, 0, 255]);
  const record = recordOf(types[at] ?? 'A');
  const answers = Buffer.concat([record, ...(count === 2 ? [recordOf(chance.pick(types))] : [])]);
  const broken = breakFrame(answers, ['\0', '\u00c0', '\u0003www'], recordOf(chance.pick(types)), chance);
  return Buffer.concat([Buffer.of(at, count), broken.subarray(0, 8000)]);
}

/** Of an answer without an error, and the question as it came. */
function headOf(question: Buffer, answers: number): Buffer {
  const head = Buffer.from(question.subarray(0, endOfQuestion(question)));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(answers, 6);
  head.writeUInt32BE(0, 8);
  return head;
}

/** Behind the name, its type and its class. */
function endOfQuestion(message: Buffer): number {
  let at = 12;
  for (let length = message[at] ?? 0; length !== 0; length = message[at] ?? 0) at += length + 1;
  return at + 5;
}
