import { request as httpRequest } from 'node:http';
import { connect as openSocket, type Socket } from 'node:net';
import type { OddRequest } from './odd-proxy-options.ts';

/** The next request on a connection, with what came after it; null when the connection ends before. */
export async function readRequest(socket: Socket, connection: number) {
  let bytes = Buffer.alloc(0);
  const more = async () => {
    const part = await nextPart(socket);
    if (part !== null) bytes = Buffer.concat([bytes, part]);
    return part !== null;
  };
  while (!bytes.includes('\r\n\r\n')) if (!(await more())) return null;
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const match = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(first);
  if (match === null) throw new Error(`not a request: ${first}`);
  const headers = headersOf(lines);
  const [, method = '', uri = ''] = match;
  const length = Number(headers.get('content-length') ?? 0);
  while (bytes.length < end + 4 + length) if (!(await more())) return null;
  const body = bytes.subarray(end + 4, end + 4 + length);
  const rest = bytes.subarray(end + 4 + length);
  return { request: { connection, method, uri, headers }, body, rest };
}

function headersOf(lines: string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(': ');
    if (at <= 0) throw new Error(`not a header: ${line}`);
    headers.set(line.slice(0, at).toLowerCase(), line.slice(at + 2));
  }
  return headers;
}

function nextPart(socket: Socket): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const done = (part: Buffer | null) => {
      for (const event of ['end', 'close']) socket.off(event, ended);
      socket.off('data', done);
      socket.pause();
      resolve(part);
    };
    const ended = () => done(null);
    socket.on('data', done);
    for (const event of ['end', 'close']) socket.on(event, ended);
    socket.resume();
  });
}

/** Opens the way that a CONNECT asks for. */
export function openWay(socket: Socket, uri: string, rest: Buffer): void {
  const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d+)$/.exec(uri) ?? [];
  const outer = openSocket({ host, port: Number(port), noDelay: true });
  outer.once('connect', () => {
    socket.write('HTTP/1.1 200 Connection established\r\nContent-Length: 0\r\n\r\n');
    if (rest.length > 0) outer.write(rest);
    socket.pipe(outer).pipe(socket);
  });
  outer.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nnope'));
  socket.on('close', () => outer.destroy());
}

/** Passes a request on and its answer back. */
export function pass(socket: Socket, { method, uri, headers }: OddRequest, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const names = [...headers].filter(([name]) => !name.startsWith('proxy-'));
    const outer = httpRequest(uri, { method, headers: Object.fromEntries(names), agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const content = Buffer.concat(parts);
        const head = `HTTP/1.1 ${answer.statusCode} OK\r\nX-Twice: a\r\nX-Twice: b\r\n`;
        socket.write(`${head}Content-Length: ${content.length}\r\n\r\n`);
        if (method !== 'HEAD') socket.write(content);
        resolve();
      });
    });
    outer.on('error', reject);
    outer.end(body);
  });
}
