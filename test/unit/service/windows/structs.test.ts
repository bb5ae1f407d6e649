import { expect, test } from 'vitest';
import {
  failureActions,
  restarts,
  seenConfig,
  seenStatus,
  serviceStatus,
  serviceTable,
  wide,
  wideList,
} from '../../../../electron/service/windows/structs.ts';

// Laid out as winsvc.h has them for 64 bits: numbers of 4 bytes, pointers of 8 at multiples of 8.
const numbersOf = (bytes: Buffer) => [...new Uint32Array(new Uint8Array(bytes).buffer)];

test('the state of the running service takes orders; one that is starting says for how long', () => {
  const running = serviceStatus({ state: 'running', exitCode: 0, checkpoint: 0, waitHint: 0 });
  expect(numbersOf(running)).toEqual([0x10, 4, 0x101, 0, 0, 0, 0]);
  const starting = serviceStatus({ state: 'starting', exitCode: 0, checkpoint: 3, waitHint: 30_000 });
  expect(numbersOf(starting)).toEqual([0x10, 2, 0, 0, 0, 3, 30_000]);
});

test('an exit code of the agent is one of the service, which Windows does not take for its own', () => {
  const failed = serviceStatus({ state: 'stopped', exitCode: 4, checkpoint: 0, waitHint: 0 });
  expect(numbersOf(failed)).toEqual([0x10, 1, 0, 1066, 4, 0, 0]);
  const seen = Buffer.concat([failed, Buffer.alloc(8)]);
  expect(seenStatus(seen)).toEqual({ state: 1, exitCode: 4, checkpoint: 0, processId: null });
});

test('what was never started has no exit code, and a code of Windows is told as it is', () => {
  const seen = (win32: number) => Buffer.from(new Uint32Array([16, 1, 0, win32, 0, 0, 0, 0, 0]).buffer);
  expect([1077, 0, 1067].map((code) => seenStatus(seen(code)).exitCode)).toEqual([null, null, 1067]);
});

test('recovery starts it again three times, and forgets failures after a day', () => {
  const actions = restarts(10_000, 60_000, 60_000);
  expect(numbersOf(actions)).toEqual([1, 10_000, 1, 60_000, 1, 60_000]);
  const bytes = failureActions(86_400, actions, () => 0x1122334455667788n);
  expect([bytes.readUInt32LE(0), bytes.readUInt32LE(24)]).toEqual([86_400, 3]);
  expect(bytes.readBigUInt64LE(32)).toBe(0x1122334455667788n);
  expect([bytes.length, bytes.readBigUInt64LE(8), bytes.readBigUInt64LE(16)]).toEqual([40, 0n, 0n]);
});

test('the table of services has one, and an empty entry behind it', () => {
  const table = serviceTable(wide('Trustkeep'), 7n, () => 5n);
  expect([0, 8, 16, 24].map((at) => table.readBigUInt64LE(at))).toEqual([5n, 7n, 0n, 0n]);
  expect(wideList(['a', 'b']).toString('utf16le')).toBe('a\0b\0\0');
});

test('how a service is set up is read from behind its numbers, and from nowhere else', () => {
  const base = 0x1000n;
  const texts = [wide('"C:\\a b\\trustkeep.exe" "run"'), wide('LocalSystem')] as const;
  const head = Buffer.alloc(64);
  head.writeUInt32LE(2, 4);
  head.writeBigUInt64LE(base + 64n, 16);
  head.writeBigUInt64LE(base + 64n + BigInt(texts[0].length), 48);
  const bytes = Buffer.concat([head, ...texts]);
  expect(seenConfig(bytes, base)).toEqual({
    start: 2,
    path: '"C:\\a b\\trustkeep.exe" "run"',
    account: 'LocalSystem',
  });
  head.writeBigUInt64LE(base + 9999n, 16);
  head.writeBigUInt64LE(0n, 48);
  expect(seenConfig(Buffer.concat([head, ...texts]), base)).toMatchObject({ path: '', account: null });
});
