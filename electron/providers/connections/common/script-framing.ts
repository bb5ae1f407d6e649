import { randomBytes } from 'node:crypto';

/** What a script gave back: the value of its JSON, and bytes beside it. */
export interface ScriptAnswer {
  value: unknown;
  content: Buffer;
}

/** One request as it is sent, and how its answer is told from whatever else is printed. */
interface Framed {
  /** A line. May hold secrets: whoever sent it wipes it. */
  input: Buffer;
  isWhole(stdout: Buffer): boolean;
  /** Null: there is no answer in what was printed. */
  read(stdout: Buffer): ScriptAnswer | null;
}

/**
 * A line of base64 of UTF-8 JSON, `request` with a random `mark`, then of bytes, if there are any; answered by `mark:` + base64 of
 * UTF-8 JSON, then `,` and base64 of bytes, if there are any, + `:mark`. Everything that counts is ASCII, so that no code page matters.
 */
export function framed(request: Record<string, unknown>, content: Uint8Array = new Uint8Array()): Framed {
  const mark = randomBytes(16).toString('hex');
  const json = Buffer.from(JSON.stringify({ ...request, mark })).toString('base64');
  const bytes = content.length === 0 ? '' : ` ${Buffer.from(content).toString('base64')}`;
  const [opening, closing] = [Buffer.from(`${mark}:`), Buffer.from(`:${mark}`)];
  return {
    input: Buffer.from(`${json}${bytes}\n`, 'latin1'),
    isWhole: (stdout) => stdout.includes(closing),
    read: (stdout) => {
      const [from, to] = [stdout.indexOf(opening), stdout.indexOf(closing)];
      if (from < 0 || to < 0) return null;
      const [value = '', back = ''] = stdout.toString('latin1', from + opening.length, to).split(',');
      return { value: parsed(value), content: Buffer.from(back, 'base64') };
    },
  };
}

function parsed(base64: string): unknown {
  return JSON.parse(
    Buffer.from(base64, 'base64')
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  );
}
