import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { NonceUse } from './odd-proxy-checks.ts';
import { OddLogIns } from './odd-proxy-log-ins.ts';
import type { OddProxyOptions, OddRequest } from './odd-proxy-options.ts';
import { openWay, pass, readRequest } from './odd-proxy-wire.ts';

export interface OddProxy {
  port: number;
  requests: OddRequest[];
  /** One for each log-in that was looked at: `right`, or what is wrong. */
  verdicts: string[];
  connections(): number;
  /** From now on every nonce that was given out is too old. */
  ageNonces(): void;
  /** From now on it knows none of the nonces that it gave out. */
  forgetNonces(): void;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** A little proxy that checks log-ins to the letter and misbehaves on demand. On a free loopback port. */
export async function startOddProxy(options: OddProxyOptions): Promise<OddProxy> {
  const requests: OddRequest[] = [];
  const verdicts: string[] = [];
  const nonces = new Map<string, NonceUse>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    const logIns = new OddLogIns(options, nonces, verdicts);
    serve(socket, ++connections, options, logIns, requests).catch(() => socket.destroy());
  };
  const server =
    options.tls === undefined
      ? createServer(take)
      : createTlsServer(
          { cert: readFileSync(options.tls.certificateFile), key: readFileSync(options.tls.keyFile) },
          take,
        );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    requests,
    verdicts,
    connections: () => connections,
    ageNonces() {
      for (const use of nonces.values()) use.stale = true;
    },
    forgetNonces: () => nonces.clear(),
    cut,
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Serves one connection to its end. */
async function serve(
  socket: Socket,
  connection: number,
  options: OddProxyOptions,
  logIns: OddLogIns,
  requests: OddRequest[],
): Promise<void> {
  for (;;) {
    const asked = await readRequest(socket, connection);
    if (asked === null) return void socket.end();
    const { request, body, rest } = asked;
    requests.push(request);
    const { delayMs = 0 } = options;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const own = options.answer?.(request) ?? null;
    if (own !== null) {
      socket.write(own);
      if (!/^HTTP\/1.1 407/.test(own.toString('latin1'))) return void socket.end();
      continue;
    }
    const challenges = logIns.judge(request);
    if (challenges !== null) {
      const drop = logIns.refuse() ? options.dropsFirst : undefined;
      socket.write(refusal(options, challenges, drop?.startsWith('said') === true, request.method));
      if (drop === 'said-only') return void socket.resume();
      if (drop !== undefined || options.page === 'to-end') return void socket.end();
      continue;
    }
    if (request.method === 'CONNECT') return openWay(socket, request.uri, rest);
    await pass(socket, request, body);
  }
}

/** A 407 with its page, as the options want it sent. */
function refusal(options: OddProxyOptions, challenges: string[], close: boolean, method: string): string {
  const { page = 'length', oneHeader = false } = options;
  const values = oneHeader ? [challenges.join(', ')] : challenges;
  const text = '<html><head><title>no</title></head><body>Who are you?</body></html>';
  const huge = 10_000_000;
  const pages = {
    length: `Content-Length: ${text.length}\r\n\r\n${text}`,
    chunked: `Transfer-Encoding: chunked\r\n\r\n5;x="y"\r\n${text.slice(0, 5)}\r\n${(text.length - 5).toString(16)}\r\n${text.slice(5)}\r\n0\r\nTrailer: yes\r\n\r\n`,
    'to-end': `\r\n${text}`,
    huge: `Content-Length: ${huge}\r\n\r\n${'x'.repeat(100_000)}`,
  };
  const heads = values.map((value) => `Proxy-Authenticate: ${value}\r\n`).join('');
  const end = close ? 'Proxy-Connection: close\r\n' : '';
  const whole = `HTTP/1.1 407 Proxy Authentication Required\r\n${heads}${end}${pages[page]}`;
  return method === 'HEAD' ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole;
}
