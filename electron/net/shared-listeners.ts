import type { Server, Socket } from 'node:net';
import { Failure } from '#shared/failure.ts';
import { addressUnknown } from './own-address.ts';
import type { OwnPlace, OwnPlaces } from './own-places.ts';

/** What one listener answers: by what it is asked for, the newest first in charge (two orders may share a token). */
export type Answers<T> = ReadonlyMap<string, readonly T[]>;

interface Listener<T> {
  server: Server;
  sockets: Set<Socket>;
  ready: Promise<void>;
  answers: Map<string, T[]>;
  users: number;
  own: OwnPlace;
}

interface SharedListenersParts<T> {
  /** Not listening yet; answers what is in `answers` when it is asked. */
  make(answers: Answers<T>): Server;
  /** Port that CAs ask on, and how else control is proved where it is taken: both for hints. */
  caPort: number;
  instead: string;
  /** Of the whole agent. */
  places: OwnPlaces;
  challenge: OwnPlace['challenge'];
  setting: OwnPlace['setting'];
}

/** Of strangers and CAs at once: the open files of the agent are not for whoever finds the port. */
const mostConnections = 200;

/** Listeners on ports of this machine that answer CAs; shared, and alive as long as somebody needs them. */
export class SharedListeners<T> {
  readonly #parts: SharedListenersParts<T>;
  readonly #listeners = new Map<string, Listener<T>>();

  constructor(parts: SharedListenersParts<T>) {
    this.#parts = parts;
  }

  /**
   * Answers `answer` to who asks for `asked` until the returned function is called (idempotent). Rejects with
   * `responder.port-taken`, `responder.denied`, `responder.address-unknown`, `responder.failed`. Safe concurrently.
   */
  async serve(at: { address: string; port: number }, asked: string, answer: T): Promise<() => Promise<void>> {
    const place = `${at.address}|${at.port}`;
    const listener = this.#listeners.get(place) ?? this.#open(place, at);
    listener.users++;
    try {
      await listener.ready;
    } catch (error) {
      this.#forget(place, listener);
      throw error;
    }
    listener.answers.set(asked, [answer, ...(listener.answers.get(asked) ?? [])]);
    let serving = true;
    return async () => {
      if (!serving) return;
      serving = false;
      withdraw(listener.answers, asked, answer);
      listener.users--;
      if (listener.users > 0) return;
      this.#forget(place, listener);
      await closed(listener);
    };
  }

  #open(place: string, { address, port }: { address: string; port: number }): Listener<T> {
    const answers = new Map<string, T[]>();
    const { places, challenge, setting } = this.#parts;
    const own = { address, port, challenge, setting };
    const server = this.#parts.make(answers);
    const sockets = new Set<Socket>();
    server.maxConnections = mostConnections;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const ready = new Promise<void>((resolve, reject) => {
      // a later one is of a single connection that could not be taken
      server.on('error', (error) => reject(this.#failure(error, own)));
      server.listen({ host: address, port }, () => {
        places.add(own);
        resolve();
      });
    });
    const listener: Listener<T> = { server, sockets, ready, answers, users: 0, own };
    this.#listeners.set(place, listener);
    return listener;
  }

  #forget(place: string, listener: Listener<T>): void {
    this.#parts.places.remove(listener.own);
    if (this.#listeners.get(place) === listener) this.#listeners.delete(place);
  }

  #failure(error: NodeJS.ErrnoException, own: OwnPlace): Failure {
    const { address, port } = own;
    const { caPort, instead, places } = this.#parts;
    const forward = `forward port ${caPort} to`;
    switch (error.code) {
      case 'EADDRINUSE': {
        const other = places.inTheWayOf(own);
        if (other !== undefined) return ownPortTaken(own, other, error);
        return new Failure(
          'responder.port-taken',
          `Port ${port} of ${address} is in use by another program, so the CA's challenge cannot be answered there.`,
          {
            hint: `${instead}, stop the program, or ${forward} another port and set that one.`,
            cause: error,
          },
        );
      }
      case 'EACCES':
        return new Failure(
          'responder.denied',
          `Trustkeep is not allowed to listen on port ${port} of ${address}.`,
          {
            hint: `Ports below 1024 need CAP_NET_BIND_SERVICE on Linux (or run Trustkeep as a service). Or ${forward} a higher port and set that one.`,
            cause: error,
          },
        );
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return addressUnknown(address, error);
      default:
        return new Failure(
          'responder.failed',
          `Port ${port} of ${address} could not be opened: ${error.message}`,
          { cause: error },
        );
    }
  }
}

/** Two authorities whose orders are validated now; the other one's ends by itself. */
function ownPortTaken({ address, port, setting }: OwnPlace, other: OwnPlace, cause: Error): Failure {
  return new Failure(
    'responder.port-taken',
    `Port ${port} of ${address} is in use by Trustkeep itself: it answers ${other.challenge} challenges of another order at ${other.address} port ${port}.`,
    {
      hint: `Trustkeep will try again automatically. To have both at a time, give the authorities different ports: ${setting} of one, ${other.setting} of the other.`,
      retry: 'later',
      cause,
    },
  );
}

function withdraw<T>(answers: Map<string, T[]>, asked: string, answer: T): void {
  const all = answers.get(asked) ?? [];
  const index = all.indexOf(answer);
  const rest = all.filter((_, at) => at !== index);
  if (rest.length === 0) answers.delete(asked);
  else answers.set(asked, rest);
}

function closed({ server, sockets }: { server: Server; sockets: ReadonlySet<Socket> }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
