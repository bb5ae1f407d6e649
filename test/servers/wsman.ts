import { randomUUID } from 'node:crypto';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seal, sealedType, soapType, unseal } from './wsman-framing.ts';
import { Session } from './wsman-log-in.ts';
import { carryOut } from './wsman-operations.ts';
import type { WsmanCall, WsmanOptions, WsmanServer } from './wsman-options.ts';
import { Shells } from './wsman-shells.ts';
import { answerXml, faultXml, type Message, readMessage, Wrong } from './wsman-soap.ts';

/** A small WinRM service that is strict about every header, message and order, written from MS-WSMV and MS-NLMP. */
export async function startWsman(options: WsmanOptions = {}): Promise<WsmanServer> {
  const service = new Wsman(options);
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void service.handle(request, response).catch((error: unknown) => {
      service.incidents.push(String(error));
      request.socket.destroy();
    });
  const { tls } = options;
  const server: Server =
    tls === undefined
      ? createHttp(handle)
      : createHttps({ cert: tls.certificatePem, key: tls.keyPem }, handle);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
    service.connected(socket),
  );
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  service.port = typeof place === 'object' && place !== null ? place.port : 0;
  return Object.assign(service, {
    dropConnections: () => server.closeAllConnections(),
    async stop() {
      service.shells.killAll();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class Wsman implements Omit<WsmanServer, 'dropConnections' | 'stop'> {
  port = 0;
  delayMs: number;
  readonly shells: Shells;
  readonly calls: WsmanCall[] = [];
  readonly incidents: string[] = [];
  readonly refusals: string[] = [];
  interfere: WsmanServer['interfere'] = () => null;
  readonly #options: WsmanOptions;
  readonly #sessions = new WeakMap<Socket, Session>();
  readonly #seen = new Set<string>();
  readonly #counts = new Map<string, number>();
  #connections = 0;

  constructor(options: WsmanOptions) {
    this.#options = options;
    this.delayMs = options.delayMs ?? 0;
    const { shells = 30, processes = 25, commands = 1000, streamBytes = 32 * 1024 } = options;
    this.shells = new Shells(
      { shells, processes, commands, streamBytes },
      options.programs ?? (() => undefined),
    );
  }

  connections(): number {
    return this.#connections;
  }

  connected(socket: Socket): void {
    socket.setNoDelay(true);
    const { users = {}, offers = ['Negotiate'], tls, withoutFlags = 0 } = this.#options;
    const options = { users, offers, der: tls?.der ?? null, withoutFlags };
    this.#sessions.set(socket, new Session(++this.#connections, options, this.refusals));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await collect(request);
    const session = this.#sessions.get(request.socket);
    if (session === undefined) throw new Error('an unknown connection');
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (request.method !== 'POST' || request.url !== '/wsman')
      return this.#say(response, session, 'other', 404);
    if (request.headers['content-length'] === undefined) this.incidents.push('a request without a length');
    const verdict = session.judge(request.headers.authorization, body);
    if (verdict.kind === 'answer') {
      if (verdict.announce.length > 0) response.setHeader('WWW-Authenticate', verdict.announce);
      return this.#say(response, session, verdict.action, verdict.status);
    }
    if (verdict.proof) this.#note(session, 'proof', 200, false);
    const plain = this.#plain(request.headers['content-type'], body, session);
    if (plain === null) return void request.socket.destroy();
    const wrong = plain instanceof Wrong ? plain : this.#sizeOf(plain);
    if (wrong !== null) {
      const said = { status: 500, xml: faultXml(wrong, '', randomUUID()) };
      return plain instanceof Wrong
        ? this.#say(response, session, 'other', said.status, said.xml)
        : this.#answer(response, session, 'other', said);
    }
    await this.#message(request, response, session, String(plain));
  }

  async #message(
    request: IncomingMessage,
    response: ServerResponse,
    session: Session,
    xml: string,
  ): Promise<void> {
    const { tls, anyDestination } = this.#options;
    const host = String(request.headers.host);
    const address = `${tls === undefined ? 'http' : 'https'}://${host}/wsman`;
    const { message, wrong } = this.#read(xml, anyDestination === true ? null : address);
    const name = message?.action.split('/').at(-1) ?? 'other';
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    const odd = this.interfere(name, nth);
    if (odd === 'cut') return void request.socket.destroy();
    if (odd === 'never-answer') return;
    if (message !== null && this.#seen.has(message.messageId))
      this.incidents.push(`a message twice: ${message.action}`);
    this.#seen.add(message?.messageId ?? '');
    const said =
      wrong !== null || odd instanceof Wrong
        ? { status: 500, xml: faultXml((wrong ?? odd) as Wrong, message?.messageId ?? '', randomUUID()) }
        : await this.#carryOut(message as Message, session, response);
    if (odd === 'lose-the-answer') return void request.socket.destroy();
    if (typeof odd === 'object' && odd !== null && !(odd instanceof Wrong))
      return this.#say(response, session, name, odd.status, odd.body ?? '', odd.type);
    if (odd === 'answer-in-clear') return this.#say(response, session, name, said.status, said.xml);
    if (odd === 'answer-another' && message !== null)
      said.xml = said.xml.replaceAll(message.messageId, `uuid:${randomUUID()}`);
    this.#answer(response, session, name, said, odd === 'damage');
  }

  #read(xml: string, address: string | null): { message: Message | null; wrong: Wrong | null } {
    try {
      const message = readMessage(xml, address);
      return { message, wrong: null };
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.incidents.push(error.message);
      return { message: null, wrong: error };
    }
  }

  async #carryOut(
    message: Message,
    session: Session,
    response: ServerResponse,
  ): Promise<{ status: number; xml: string }> {
    const user = session.user ?? '';
    const { action, messageId } = message;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      if (this.#options.notAdministrators?.includes(user))
        throw new Wrong('Access is denied. ', 5, 'w:AccessDenied');
      const body = await carryOut(this.shells, message, user, gone.signal);
      return {
        status: 200,
        xml: answerXml(`${action}Response`, messageId, randomUUID().toUpperCase(), body),
      };
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      if (error.subcode === 'w:SchemaValidationError') this.incidents.push(error.message);
      return { status: 500, xml: faultXml(error, messageId, randomUUID().toUpperCase()) };
    }
  }

  /** Null: it cannot be opened, and the connection is of no use any more. */
  #plain(type: string | undefined, body: Buffer, session: Session): Buffer | Wrong | null {
    const inClear = type?.toLowerCase().replaceAll(' ', '') === soapType.toLowerCase();
    if (this.#options.tls === undefined ? type !== sealedType : !inClear) {
      this.incidents.push(`a message as ${type}`);
      return new Wrong(
        'Unencrypted traffic is currently disabled in the service configuration.',
        2150858974,
        'w:AccessDenied',
      );
    }
    const plain = inClear ? body : unseal(body, session.acceptor);
    if (typeof plain !== 'string') return plain;
    this.incidents.push(plain);
    return null;
  }

  #sizeOf(plain: Buffer): Wrong | null {
    if (plain.length <= (this.#options.maxEnvelope ?? 512_000)) return null;
    return new Wrong(
      'The request size exceeded the configured MaxEnvelopeSize quota.',
      2150859025,
      'w:EncodingLimit',
    );
  }

  #answer(
    response: ServerResponse,
    session: Session,
    action: string,
    { status, xml }: { status: number; xml: string },
    damaged = false,
  ): void {
    const outgoing = session.acceptor?.outgoing ?? null;
    if (outgoing === null) this.#say(response, session, action, status, xml);
    else {
      const body = seal(xml, (plain) => outgoing.wrap(plain), damaged);
      this.#say(response, session, action, status, body, sealedType);
    }
  }

  #note({ connection }: Session, action: string, status: number, sealed: boolean): void {
    this.calls.push({ action, status, sealed, connection });
  }

  #say(
    response: ServerResponse,
    session: Session,
    action: string,
    status: number,
    body: string | Buffer = '',
    type = soapType,
  ): void {
    this.#note(session, action, status, type === sealedType);
    response.statusCode = status;
    response.setHeader('Server', 'Microsoft-HTTPAPI/2.0');
    if (body.length > 0) response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(body);
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
