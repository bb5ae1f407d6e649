import { type Chance, makeChance } from '../../../test/make/random.ts';
import { breakBytes } from './break-der.ts';
import { breakText } from './texts.ts';

const lies = [
  ...['0', '-1', '1', '9', '99999999999999999999', '4294967296', '0x10', '1e3', '+5', '5, 5', ''],
  'ffffffffffffffff',
];

/** What goes over a line, broken: bytes or words changed, a length that lies, cut off, far too long, or mixed with another one. */
export function breakFrame(frame: Buffer, special: readonly string[], other: Buffer, chance: Chance): Buffer {
  switch (chance.int(8)) {
    case 0:
      return breakBytes(frame, chance);
    case 1:
      return frame.subarray(0, chance.int(frame.length + 1));
    case 2:
      return lengthened(frame, chance);
    case 3:
      return mixed(frame, other, chance);
    case 4:
      return chance.bytes(chance.int(300));
    case 5:
      return Buffer.from(
        frame.toString('latin1').replace(/\d+/g, (all) => (chance.int(3) === 0 ? chance.pick(lies) : all)),
        'latin1',
      );
    default:
      return Buffer.from(breakText(frame.toString('utf8'), special, chance));
  }
}

/** A piece of it many times over, up to a few hundred kilobytes. */
function lengthened(frame: Buffer, chance: Chance): Buffer {
  const at = chance.int(frame.length + 1);
  const piece = frame.subarray(at, at + 1 + chance.int(40));
  const times = chance.pick([10, 1000, 10_000]);
  return Buffer.concat([frame.subarray(0, at), ...Array<Buffer>(times).fill(piece), frame.subarray(at)]);
}

/** One put into the other, or both in slices by turns. */
function mixed(frame: Buffer, other: Buffer, chance: Chance): Buffer {
  const at = chance.int(frame.length + 1);
  if (chance.int(2) === 0) return Buffer.concat([frame.subarray(0, at), other, frame.subarray(at)]);
  const size = 1 + chance.int(40);
  const parts: Buffer[] = [];
  for (let from = 0; from < Math.max(frame.length, other.length); from += size)
    parts.push(frame.subarray(from, from + size), other.subarray(from, from + size));
  return Buffer.concat(parts);
}

/** The same bytes in one to six pieces: which ones, is told by the bytes alone, so that they are all it takes to see it again. */
export function piecesOf(bytes: Buffer): Buffer[] {
  const chance = makeChance(bytes.length * 257 + (bytes[bytes.length >> 1] ?? 0));
  const cuts = Array.from({ length: chance.int(6) }, () => chance.int(bytes.length + 1)).sort(
    (a, b) => a - b,
  );
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length));
}
