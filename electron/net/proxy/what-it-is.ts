import { connect, type Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import { shakeHands } from '../handshake.ts';
import { quickTrust } from '../tls-trust.ts';
import { withDeadline, within } from './deadline.ts';
import type { ProxyPlace } from './place.ts';

/** What answers at a place that is no plain HTTP proxy. */
type Speech = 'tls' | 'socks5';

/** The request has failed already: its sentence does not wait long for one fact more. */
const patienceMs = 1500;
/** Version 5, one way to log in: none. The answer begins with the version. */
const socksGreeting = Buffer.from([5, 1, 0]);

/** Asks in TLS and in SOCKS 5 what it speaks; null: neither is answered. Rejects with the signal's reason only. */
export async function whatItIs(proxy: ProxyPlace, clock: Clock, signal: AbortSignal): Promise<Speech | null> {
  const [tls, socks] = await Promise.all([
    answers((inner) => handshake(proxy, clock, inner), clock, signal),
    answers((inner) => greet(proxy, inner), clock, signal),
  ]);
  if (tls) return 'tls';
  return socks ? 'socks5' : null;
}

async function answers(
  ask: (signal: AbortSignal) => Promise<boolean>,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await withDeadline(clock, patienceMs, signal, () => new Error('no answer'), ask);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function handshake(proxy: ProxyPlace, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const socket = await open(proxy, signal);
  const options = { secureContext: quickTrust(null), timeoutMs: patienceMs, clock, signal };
  await shakeHands(socket, proxy, options);
  return true;
}

async function greet(proxy: ProxyPlace, signal: AbortSignal): Promise<boolean> {
  const socket = await open(proxy, signal);
  try {
    const said = firstBytes(socket);
    socket.write(socksGreeting);
    const [version, method] = await within(said, signal);
    return version === 5 && (method === 0 || method === 0xff);
  } finally {
    socket.destroy();
  }
}

/** Two bytes; fewer when it ends first. */
function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let said = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      said = Buffer.concat([said, part.subarray(0, 2)]);
      if (said.length >= 2) resolve(said);
    });
    socket.once('close', () => resolve(said));
    socket.once('error', reject);
  });
}

async function open({ host, port }: ProxyPlace, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  try {
    await within(opened, signal);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
  socket.on('error', () => {}); // whoever uses it next has its own ear
  return socket;
}
