import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  checkDigest,
  checkNtlm,
  type DigestAsked,
  type NonceUse,
  ntlmChallenge,
} from './odd-proxy-checks.ts';

export interface OddProxyOptions {
  /** In the order in which they are announced; other text is announced as it is. Empty: nobody needs to log in. */
  offer: ('basic' | 'digest' | 'ntlm' | 'negotiate' | (string & {}))[];
  /** Name to password; for NTLM `domain\name`, and `\name@domain` for one without a domain field. */
  users?: Record<string, string>;
  /** All in one `Proxy-Authenticate`, separated by commas. */
  oneHeader?: boolean;
  digest?: DigestAsked[];
  /** The domain it calls its own. */
  domain?: string;
  /** No time in its NTLM challenge, so no MIC. */
  noTimestamp?: boolean;
  /** NTLM that was not asked for is not answered: a bare challenge first. */
  ignoresUnasked?: boolean;
  /**
   * After a first 407 on a connection that holds no second message of NTLM it closes it: saying so, or not; or says so,
   * hears nothing more and leaves the closing to others.
   */
  dropsFirst?: 'said' | 'silent' | 'said-only';
  /** How the page of a 407 is sent. */
  page?: 'length' | 'chunked' | 'to-end' | 'huge';
  /** Before each answer. */
  delayMs?: number;
  /** Instead of opening a way: the answer to CONNECT, or to whatever comes. */
  answer?: (asked: OddRequest) => string | Buffer | null;
  /** Files of a certificate and its key: TLS to the proxy. */
  tls?: { certificateFile: string; keyFile: string };
}

interface OddRequest {
  /** 1 for the first connection. */
  connection: number;
  method: string;
  uri: string;
  headers: Map<string, string>;
}

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

const oddRealm = 'odd, "realm"';
const opaque = 'op/aque=';

/** A little proxy that checks log-ins to the letter and misbehaves on demand. On a free loopback port. */
export async function startOddProxy(options: OddProxyOptions): Promise<OddProxy> {
  const requests: OddRequest[] = [];
  const verdicts: string[] = [];
  const nonces = new Map<string, NonceUse>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    const visit = new Visit(options, ++connections, nonces, requests, verdicts);
    void visit.serve(socket).catch(() => socket.destroy());
  };
  const server =
    options.tls === undefined
      ? createServer(serve)
      : createTlsServer(
          { cert: readFileSync(options.tls.certificateFile), key: readFileSync(options.tls.keyFile) },
          serve,
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

/** One connection. */
class Visit {
  #hello: Buffer | null = null;
  #challenge: ReturnType<typeof ntlmChallenge> | null = null;
  #asked = false;
  #user = false;
  readonly #options: OddProxyOptions;
  readonly #connection: number;
  readonly #nonces: Map<string, NonceUse>;
  readonly #requests: OddRequest[];
  readonly #verdicts: string[];

  constructor(
    options: OddProxyOptions,
    connection: number,
    nonces: Map<string, NonceUse>,
    requests: OddRequest[],
    verdicts: string[],
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#nonces = nonces;
    this.#requests = requests;
    this.#verdicts = verdicts;
  }

  async serve(socket: Socket): Promise<void> {
    for (;;) {
      const asked = await this.#read(socket);
      if (asked === null) return void socket.end();
      this.#requests.push(asked.request);
      const { delayMs = 0 } = this.#options;
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const own = this.#options.answer?.(asked.request) ?? null;
      if (own !== null) {
        socket.write(own);
        if (!/^HTTP\/1.1 407/.test(own.toString('latin1'))) return void socket.end();
        continue;
      }
      const challenges = this.#judge(asked.request);
      if (challenges !== null) {
        const { dropsFirst } = this.#options;
        const drop = this.#asked || this.#challenge !== null ? undefined : dropsFirst;
        this.#asked = true;
        socket.write(this.#refusal(challenges, drop?.startsWith('said') === true, asked.request.method));
        if (drop === 'said-only') return void socket.resume();
        if (drop !== undefined || this.#options.page === 'to-end') return void socket.end();
        continue;
      }
      if (asked.request.method === 'CONNECT')
        return void this.#connect(socket, asked.request.uri, asked.rest);
      await pass(socket, asked.request, asked.body);
    }
  }

  async #read(socket: Socket) {
    let bytes = Buffer.alloc(0);
    const more = () =>
      new Promise<boolean>((resolve) => {
        const done = (part: Buffer | null) => {
          for (const event of ['end', 'close']) socket.off(event, ended);
          socket.off('data', done);
          socket.pause();
          if (part !== null) bytes = Buffer.concat([bytes, part]);
          resolve(part !== null);
        };
        const ended = () => done(null);
        socket.on('data', done);
        for (const event of ['end', 'close']) socket.on(event, ended);
        socket.resume();
      });
    while (!bytes.includes('\r\n\r\n')) if (!(await more())) return null;
    const end = bytes.indexOf('\r\n\r\n');
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const match = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(first);
    if (match === null) throw new Error(`not a request: ${first}`);
    const headers = new Map<string, string>();
    for (const line of lines) {
      const at = line.indexOf(': ');
      if (at <= 0) throw new Error(`not a header: ${line}`);
      headers.set(line.slice(0, at).toLowerCase(), line.slice(at + 2));
    }
    const [, method = '', uri = ''] = match;
    const length = Number(headers.get('content-length') ?? 0);
    while (bytes.length < end + 4 + length) if (!(await more())) return null;
    const body = bytes.subarray(end + 4, end + 4 + length);
    const rest = bytes.subarray(end + 4 + length);
    return { request: { connection: this.#connection, method, uri, headers }, body, rest };
  }

  /** Null: let through. Else what to announce. */
  #judge(request: OddRequest): string[] | null {
    const { offer } = this.#options;
    if (offer.length === 0 || this.#user) return null;
    const [scheme = '', ...more] = (request.headers.get('proxy-authorization') ?? '').split(' ');
    const value = more.join(' ');
    const name = scheme.toLowerCase();
    if (name === '' || !offer.includes(name)) return this.#announce(false);
    switch (name) {
      case 'basic':
        return this.#verdict(this.#checkBasic(value));
      case 'digest':
        return this.#verdict(this.#checkDigest(value, request));
      default:
        return this.#ntlm(scheme, Buffer.from(value, 'base64'));
    }
  }

  #ntlm(scheme: string, message: Buffer): string[] | null {
    const { domain = 'CORP', noTimestamp = false, ignoresUnasked = false } = this.#options;
    const asked = { domain, timestamp: !noTimestamp };
    if (message.readUInt32LE(8) === 1) {
      if (ignoresUnasked && this.#connection === 1 && !this.#asked) return this.#announce(false);
      this.#hello = message;
      this.#challenge = ntlmChallenge(asked);
      return [`${scheme} ${this.#challenge.message.toString('base64')}`];
    }
    if (this.#hello === null || this.#challenge === null)
      return this.#verdict('no challenge on this connection');
    const given = { hello: this.#hello, challenge: this.#challenge, proof: message };
    this.#challenge = null; // good for one try
    const wrong = checkNtlm(given, asked, (user, of) => this.#options.users?.[`${of}\\${user}`]);
    this.#user = wrong === null;
    return this.#verdict(wrong);
  }

  #checkBasic(value: string): string | null {
    const [, user = '', password] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
    const right = password !== undefined && this.#options.users?.[user] === password;
    return right ? null : 'the password is wrong';
  }

  #checkDigest(value: string, request: OddRequest): string | null {
    const passwordOf = (user: string) => this.#options.users?.[user];
    const place = { realm: oddRealm, opaque, passwordOf };
    return checkDigest(value, request, this.#options.digest ?? [], this.#nonces, place);
  }

  #verdict(wrong: string | null): string[] | null {
    this.#verdicts.push(wrong ?? 'right');
    return wrong === null ? null : this.#announce(wrong === 'stale');
  }

  #announce(stale: boolean): string[] {
    return this.#options.offer.flatMap((scheme) => {
      if (scheme === 'basic') return ['Basic realm="b, \\"x\\"", charset="UTF-8"'];
      if (scheme === 'ntlm') return ['NTLM'];
      if (scheme === 'negotiate') return ['Negotiate'];
      if (scheme !== 'digest') return [scheme];
      return (this.#options.digest ?? []).map(({ algorithm, qop }) => {
        const nonce = randomBytes(9).toString('base64');
        this.#nonces.set(nonce, { algorithm, count: 0, stale: false });
        const realm = oddRealm.replace(/"/g, '\\"');
        const more = `${qop === null ? '' : `, qop="${qop}"`}${stale ? ', stale=TRUE' : ''}`;
        return `Digest realm="${realm}", nonce="${nonce}", opaque="${opaque}", algorithm=${algorithm}${more}`;
      });
    });
  }

  #refusal(challenges: string[], close: boolean, method: string): string {
    const { page = 'length', oneHeader = false } = this.#options;
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

  #connect(socket: Socket, uri: string, rest: Buffer): void {
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
}

function pass(socket: Socket, { method, uri, headers }: OddRequest, body: Buffer): Promise<void> {
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
