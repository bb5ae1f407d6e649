import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { Account, who } from './account.ts';
import { defaultTimeoutMs } from './deadline.ts';
import { dialInTime } from './dial.ts';
import { badAnswer, placeOf } from './failures.ts';
import type { ProxyPlace } from './place.ts';
import { cannotLogInBySocks, refusedBySocks } from './socks-failures.ts';
import type { ProxyTools } from './tools.ts';

/** RFC 1929, 2: the length of each is one byte. */
const longestLogin = 255;

interface SocksTarget {
  /** IPv6 without brackets; a name is resolved by the proxy. */
  host: string;
  port: number;
}

/**
 * The way to `target` through a SOCKS 5 proxy (RFC 1928, CONNECT), logged in with user and password (RFC 1929) where it
 * asks for that. Rejects with Failure `proxy.*`, or with the signal's reason. Safe concurrently.
 */
export async function openSocks(
  proxy: ProxyPlace,
  target: SocksTarget,
  tools: ProxyTools,
  signal: AbortSignal,
): Promise<Socket> {
  const account = new Account(proxy, tools, signal);
  try {
    const names = account.names();
    if (names?.ntlmOnly) throw cannotLogInBySocks('domain', proxy);
    const socket = await dialInTime(proxy, tools, signal);
    if (names !== null) await account.myTurn(names).catch(ending(socket));
    const login = names === null ? {} : { userId: names.user, password: passwordOf(account, proxy, socket) };
    const opened = await exchange({ proxy, target, tools, socket, login }, signal).catch(
      (thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        if (message === 'Socks5 Authentication failed') throw account.refused(names, 'SOCKS 5');
        throw failureOf(message, proxy, target, names !== null, thrown);
      },
    );
    account.accepted();
    const at = placeOf(proxy);
    const logged = names === null ? 'requires no login' : `let ${who(names)} through`;
    tools.note?.({ name: 'authentication', ok: true, sentence: `The proxy ${at} ${logged} (SOCKS 5).` });
    tools.note?.({
      name: 'tunnel',
      ok: true,
      sentence: `The proxy ${at} opened a connection to ${placeOf(target)}.`,
    });
    return opened;
  } finally {
    account.end();
  }
}

/** A string, since the library takes no other: it lives as long as the exchange. */
function passwordOf(account: Account, proxy: ProxyPlace, socket: Socket): string {
  const password = account.open((login) => login.password.text());
  if (Buffer.byteLength(password) <= longestLogin) return password;
  socket.destroy();
  throw cannotLogInBySocks('too-long', proxy);
}

interface Exchange {
  proxy: ProxyPlace;
  target: SocksTarget;
  tools: ProxyTools;
  socket: Socket;
  login: { userId?: string; password?: string };
}

async function exchange(
  { proxy, target, tools, socket, login }: Exchange,
  signal: AbortSignal,
): Promise<Socket> {
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await SocksClient.createConnection({
      proxy: { host: proxy.host, port: proxy.port, type: 5, ...login },
      command: 'connect',
      destination: target,
      existing_socket: socket,
      timeout: (tools.connectTimeoutMs ?? defaultTimeoutMs) + 1000, // the deadline around it comes first, and says whose it is
    });
    socket.on('error', () => {}); // whoever uses it next has its own ear
    return socket;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const ending =
  (socket: Socket) =>
  (thrown: unknown): never => {
    socket.destroy();
    throw thrown;
  };

/** The library says what happened in the words of its messages alone. */
function failureOf(message: string, proxy: ProxyPlace, target: SocksTarget, login: boolean, cause: unknown) {
  const [, reply] = /^Socks5 proxy rejected connection - (\w+)$/.exec(message) ?? [];
  if (reply !== undefined) return refusedBySocks(proxy, target, reply);
  if (/\((no accepted|unknown) authentication type\)$/.test(message))
    return cannotLogInBySocks(login ? 'other-method' : 'needed', proxy);
  if (message === 'Socket closed')
    return badAnswer(proxy, 'closed the connection instead of answering', cause, 'a SOCKS 5');
  return badAnswer(proxy, 'does not answer as a SOCKS 5 proxy', cause, 'a SOCKS 5');
}
