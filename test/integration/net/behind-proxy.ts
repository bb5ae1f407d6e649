import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';
import type { ProxyConfig } from '../../../electron/net/proxy/config.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { outerAddress } from '../../make/proxy-config.ts';
import { type RunningSquid, type SquidOptions, startSquid } from '../../servers/squid.ts';

/** An address of this machine that is not the loopback; null where there is none. */
export const outer = outerAddress();
const root = makeCa({ commonName: 'Vault root' });
const leaf = makeLeaf(root, { names: ['vault.test', 'other.test', ...(outer === null ? [] : [outer])] });
export const trust = { trustedRootsPem: root.certPem };
export const password = 'p@ss:wörd';
export const waiting = { timeout: 60_000, interval: 20 };
/** Ports that nobody is given by chance, so nobody listens there. */
export const [nowhere, nowhereElse] = [998, 999];

/** For all tests of a file: destinations behind a proxy, one with TLS and one without, and Squids on the way there. */
export class BehindProxy {
  /** What reached a destination in this test. */
  readonly seen: { url: string; headers: IncomingHttpHeaders; from: number }[] = [];
  /** Answers to `/slow` that the test gives when it likes. */
  readonly held: (() => void)[] = [];
  /** Done after the test, the last one first. */
  readonly later: (() => unknown)[] = [];
  readonly #shared = new Map<SquidOptions['auth'], Promise<RunningSquid>>();
  #port = 0;
  #plainPort = 0;
  #hosts = '';

  constructor() {
    const server = this.#secureServer();
    const plain = this.#plainServer();
    let directory: string;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'trustkeep-proxy-'));
      await chmod(directory, 0o755);
      this.#hosts = join(directory, 'hosts');
      await writeFile(this.#hosts, '127.0.0.1 vault.test other.test\n');
      [this.#port, this.#plainPort] = await Promise.all([listening(server), listening(plain)]);
    });
    afterEach(async () => {
      this.seen.length = 0;
      this.answerHeld();
      for (const end of this.later.splice(0).toReversed()) await end();
    });
    afterAll(async () => {
      await Promise.all([...this.#shared.values()].map(async (running) => (await running).stop()));
      for (const one of [server, plain]) {
        one.closeAllConnections();
        one.close();
      }
      await rm(directory, { recursive: true });
    });
  }

  /** `hosts(5)` with the names of the destinations. */
  get hostsFile(): string {
    return this.#hosts;
  }

  get port(): number {
    return this.#port;
  }

  get plainPort(): number {
    return this.#plainPort;
  }

  url(path = '/', name = 'vault.test'): string {
    return `https://${name}:${this.#port}${path}`;
  }

  get(http: Http, address = this.url(), more: object = {}) {
    return http.request({ method: 'GET', url: address, ...trust, ...more });
  }

  /** Closed after the test; what it logs is put into `lines`. */
  client(setting: ProxyConfig | (() => ProxyConfig), lines?: string[]): Http {
    const log = lines === undefined ? silentLog : makeLog((line) => lines.push(line), 'debug', Date.now);
    const proxy = typeof setting === 'function' ? setting : () => setting;
    const http = makeHttp({ userAgent: 'Trustkeep/1', clock: systemClock, log, proxy });
    this.later.push(() => http.close());
    return http;
  }

  /** One for all tests that do not look into its log. */
  squid(auth: SquidOptions['auth']): Promise<RunningSquid> {
    const running = this.#shared.get(auth) ?? this.#begin(auth);
    this.#shared.set(auth, running);
    return running;
  }

  async ownSquid(auth: SquidOptions['auth'], rules: string[] = []): Promise<RunningSquid> {
    const running = await this.#begin(auth, rules);
    this.later.push(() => running.stop());
    return running;
  }

  answerHeld(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  #begin(auth: SquidOptions['auth'], rules: string[] = []): Promise<RunningSquid> {
    const users = auth === 'none' || auth === 'ntlm' ? {} : { alice: password };
    return startSquid({ auth, users, rules: [`hosts_file ${this.#hosts}`, ...rules] });
  }

  #secureServer() {
    const identity = { cert: leaf.chainPem, key: leaf.keyPem };
    return createServer({ ...identity, keepAliveTimeout: 30_000 }, (request, response) => {
      this.#note(request);
      if (request.url === '/slow') this.held.push(() => response.end('slow'));
      else response.end(`safe ${request.url}`);
    });
  }

  #plainServer() {
    return createPlainServer((request, response) => {
      this.#note(request);
      let size = 0;
      request.on('data', (part: Buffer) => {
        size += part.length;
      });
      request.on('end', () => response.end(`plain ${request.method} ${size}`));
    });
  }

  #note({ url, headers, socket }: IncomingMessage): void {
    this.seen.push({ url: url ?? '', headers, from: socket.remotePort ?? 0 });
  }
}

export async function listening(one: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => one.listen(0, '0.0.0.0', resolve));
  const place = one.address();
  return typeof place === 'object' && place !== null ? place.port : 0;
}

/** The tunnels that a Squid has opened and closed again. */
export async function connects(running: RunningSquid): Promise<string[]> {
  const lines = await running.accessLog();
  return lines.filter((line) => line.startsWith('CONNECT') && line.includes(' 200 '));
}

/** Squid writes the line of a tunnel when it ends; all of them, once so many are there. */
export async function connectsOnceClosed(running: RunningSquid, http: Http, count = 1): Promise<string[]> {
  await http.close();
  await expect.poll(async () => (await connects(running)).length, waiting).toBeGreaterThanOrEqual(count);
  await systemClock.sleep(50); // one too many would come with them
  return connects(running);
}
