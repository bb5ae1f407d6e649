import type { Chance } from '../../../test/make/random.ts';
import type { Reader } from './reader.ts';
import type { Tally } from './tally.ts';

/** More processor time than this for one input is a finding; of a reader of a connection, more time. */
const most = { ms: 1000, awaitedMs: 60_000 };
/** More of an input is not told. */
const longestTold = 4000;

/** Has a reader read an input that is made for it, and notes what came of it. */
export async function readOne(reader: Reader, chance: Chance, tally: Tally): Promise<void> {
  const input = reader.make(chance);
  const refused = (error: unknown): void => {
    if (reader.refuses(error)) tally.count(`${reader.name}: refused`);
    else tally.found(`${reader.name}: an error that is no refusal`, `${sayOf(error)}, ${told(input)}`);
  };
  let answer: unknown;
  timed(reader.name, input, tally, () => {
    try {
      answer = reader.read(input);
      if (!(answer instanceof Promise)) tally.count(`${reader.name}: read`);
    } catch (error) {
      refused(error);
    }
  });
  if (!(answer instanceof Promise)) return;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), most.awaitedMs);
  await Promise.race([answer, late.promise]).then(() => tally.count(`${reader.name}: read`), refused);
  clearTimeout(timer);
}

const sayOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? `${String(error.code)} ${error.message}` : String(error);

export function timed(name: string, input: Buffer, tally: Tally, work: () => void): void {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  if (took > most.ms) tally.found(`${name}: too slow`, `${Math.round(took)} ms, ${told(input)}`);
}

function told(input: Buffer): string {
  const text = input.toString('base64');
  return text.length <= longestTold ? text : `${text.slice(0, longestTold)}… (${input.length} bytes)`;
}
