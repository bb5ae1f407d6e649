import type { Duplex } from 'node:stream';
import type { BeforeTls } from '#shared/model/node.ts';

/**
 * The first version, which every server that speaks the protocol knows; `UNKNOWN` says that no one is relayed, so the server
 * goes by our own address (haproxy.org/download/1.8/doc/proxy-protocol.txt, 2.1).
 */
const proxyHeader = 'PROXY UNKNOWN\r\n';

/** What a client says, the answer it waits for, and lines that may come before that answer. */
interface Turn {
  say: string;
  expect: RegExp;
  skip?: RegExp;
}

/** RFC 3501 (6.2.1), RFC 2595 (4), RFC 3207 (4). */
const dialogues: Record<NonNullable<BeforeTls['startTls']>, readonly Turn[]> = {
  imap: [
    { say: '', expect: /^\* OK/i },
    { say: 'a STARTTLS\r\n', expect: /^a OK/i, skip: /^\* / },
  ],
  pop3: [
    { say: '', expect: /^\+OK/i },
    { say: 'STLS\r\n', expect: /^\+OK/i },
  ],
  smtp: [
    { say: '', expect: /^220( |$)/, skip: /^220-/ },
    { say: 'EHLO trustkeep.invalid\r\n', expect: /^250( |$)/, skip: /^250-/ },
    { say: 'STARTTLS\r\n', expect: /^220( |$)/, skip: /^220-/ },
  ],
};
const longestAnswer = 64 * 1024;

export const needsLine = ({ proxyProtocol, startTls }: BeforeTls): boolean =>
  proxyProtocol === true || startTls !== undefined;

/**
 * Says on a connection that was just opened all that goes before TLS. Calls `ready` when the server waits for the handshake, or
 * `refused` with its answer when it will not have one; neither when the connection ends before. Nothing that the server sends
 * later is read.
 */
export function sayBefore(
  line: Duplex,
  { proxyProtocol, startTls }: BeforeTls,
  ready: () => void,
  refused: (answer: string) => void,
): void {
  if (proxyProtocol) line.write(proxyHeader);
  if (startTls === undefined) {
    ready();
    return;
  }
  const turns = [...dialogues[startTls]];
  let read = '';
  /** Takes the whole lines that were read; the one that is not expected, or null. */
  const nextRefusal = (): string | null => {
    for (let end = read.indexOf('\n'); end >= 0; end = read.indexOf('\n')) {
      const [turn, next] = turns;
      if (turn === undefined) return null;
      const answer = read.slice(0, end).trimEnd();
      read = read.slice(end + 1);
      if (turn.skip?.test(answer)) continue;
      if (!turn.expect.test(answer)) return answer;
      turns.shift();
      if (next !== undefined) line.write(next.say);
    }
    return null;
  };
  const heard = (part: Buffer): void => {
    read += part.toString('latin1');
    const refusal = nextRefusal() ?? (read.length > longestAnswer ? read : null);
    if (refusal === null && turns.length > 0) return;
    line.off('data', heard);
    line.pause();
    if (refusal === null) ready();
    else refused(refusal);
  };
  line.on('data', heard);
}
