import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme-validation.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { makeDns } from '../../electron/net/dns.ts';
import { type Http, makeHttp } from '../../electron/net/http.ts';
import { makeHttp01Responder } from '../../electron/net/http-01-responder.ts';
import { makeTlsAlpn01Responder } from '../../electron/net/tls-alpn-01-responder.ts';
import { buildCsr } from '../../electron/pki/csr.ts';
import { generateKey, signWithKeyPem } from '../../electron/pki/key.ts';
import { AcmeAuthority } from '../../electron/providers/authorities/acme/acme.ts';
import type {
  Authority,
  AuthorityState,
  KeepsAccount,
  OrderHandle,
  OrderRequest,
  OrderStatus,
  OrderTools,
  Revokes,
} from '../../electron/providers/authorities/authority.ts';
import { Secret } from '../../electron/secrets/secret.ts';

type MemoryState = AuthorityState & { secrets: Map<string, Secret>; notes: Map<string, string> };

/** What an authority keeps, in memory: survives "restarts" of the authority in a test. */
export function memoryState(secrets: Record<string, string> = {}): MemoryState {
  const kept = new Map(Object.entries(secrets).map(([name, value]) => [name, Secret.of(value)]));
  const notes = new Map<string, string>();
  const running = new Map<string, Promise<unknown>>();
  return {
    secrets: kept,
    notes,
    secret: (name) => kept.get(name) ?? null,
    keepSecret: (name, value) => void kept.set(name, value),
    dropSecret: (name) => void kept.delete(name),
    note: (name) => notes.get(name) ?? null,
    keepNote: (name, value) => void notes.set(name, value),
    once<T>(name: string, work: () => Promise<T>): Promise<T> {
      const next = (running.get(name) ?? Promise.resolve()).catch(() => {}).then(work);
      running.set(name, next);
      return next;
    },
  };
}

export interface TestAcme {
  authority: Authority & KeepsAccount & Revokes;
  state: MemoryState;
  /** Method and address of every request made so far. */
  requests: string[];
  close(): Promise<void>;
}

/** An ACME authority as compose makes it, over real HTTP. Keeps what it must in `state`. */
export function makeTestAcme(
  server: { directoryUrl: string; rootPem: string },
  options: {
    validation?: ValidationSettings;
    settings?: Partial<AcmeSettings>;
    state?: MemoryState;
    clock?: Clock;
    dns?: Parameters<typeof makeDns>[0];
    verbose?: boolean;
  } = {},
): TestAcme {
  const clock = options.clock ?? systemClock;
  const log = options.verbose ? makeLog((line) => console.log(line), 'debug', Date.now) : silentLog;
  const requests: string[] = [];
  const real = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });
  const http: Http = {
    ...real,
    request(input) {
      requests.push(`${input.method} ${input.url}`);
      return real.request(input);
    },
  };
  const state = options.state ?? memoryState();
  const authority = new AcmeAuthority({
    id: 'ca_test',
    settings: {
      kind: 'acme',
      directoryUrl: server.directoryUrl,
      contact: ['admin@example.org'],
      eabKeyId: null,
      trustedRootsPem: server.rootPem,
      profile: null,
      termsAgreed: true,
      validation: options.validation ?? { method: 'http-01-web-root', webRoot: null },
      ...options.settings,
    },
    state,
    http,
    responder: makeHttp01Responder({ log }),
    alpnResponder: makeTlsAlpn01Responder({ log }),
    dns: makeDns(options.dns),
    runScript: (argv, timeoutMs) => exec({ argv, timeoutMs }),
    clock,
    log,
  });
  return { authority, state, requests, close: () => http.close() };
}

interface TestOrder {
  request: OrderRequest;
  tools: OrderTools;
  /** Private key of the CSR, PKCS#8 PEM. */
  key: Secret;
  /** Every handle that was stored, oldest first. */
  remembered: OrderHandle[];
  /** As the agent would find it after a restart. */
  known(): OrderHandle | null;
}

let count = 0;

/** One order of ours, its handle "stored" in memory. `webRoot`: a directory of this machine, or one in memory. */
export async function makeTestOrder(
  names: string[],
  options: {
    keyType?: KeyType;
    webRoot?: string | Map<string, string>;
    request?: Partial<OrderRequest>;
  } = {},
): Promise<TestOrder> {
  const keyType = options.keyType ?? 'ec-p256';
  const key = await generateKey(keyType);
  const csr = await buildCsr({
    names,
    keyType,
    spki: key.spki,
    sign: async (data) => signWithKeyPem(key.pem, keyType, data),
  });
  const remembered: OrderHandle[] = [];
  return {
    request: {
      orderId: `ord_test${++count}`,
      csr,
      names,
      terms: { profile: null, days: null },
      replacesPem: null,
      ...options.request,
    },
    tools: {
      webRoot: webRootOver(options.webRoot ?? new Map()),
      remember: (handle) => void remembered.push(JSON.parse(JSON.stringify(handle))),
      signal: new AbortController().signal,
    },
    key: key.pem,
    remembered,
    known: () => remembered.at(-1) ?? null,
  };
}

function webRootOver(place: string | Map<string, string>): OrderTools['webRoot'] {
  if (typeof place !== 'string')
    return {
      put: async (path, content) => void place.set(path, content),
      remove: async (path) => void place.delete(path),
    };
  return {
    async put(path, content) {
      await mkdir(dirname(join(place, path)), { recursive: true });
      await writeFile(join(place, path), content);
    },
    remove: (path) => rm(join(place, path), { force: true }),
  };
}

/** What the agent does: places, polls until it is no longer pending, gives the last status. Honours waits up to `mostMs`. */
export async function untilDone(
  authority: Authority,
  order: TestOrder,
  mostMs = 20_000,
): Promise<OrderStatus> {
  await authority.submit(order.request, order.known(), order.tools);
  const end = performance.now() + mostMs;
  for (;;) {
    const status = await authority.poll(order.known(), order.request, order.tools);
    if (status.state !== 'pending') return status;
    if (performance.now() + status.afterMs > end) return status;
    await systemClock.sleep(status.afterMs);
  }
}

/** The whole way to the chain; a refusal fails the test with its sentence. */
export async function obtain(authority: Authority, order: TestOrder): Promise<string> {
  const status = await untilDone(authority, order);
  if (status.state !== 'ready') throw new Error(`not ready: ${JSON.stringify(status)}`);
  const chain = await authority.collect(order.known());
  await authority.cleanUp(order.known(), order.request, order.tools);
  return chain;
}
