import type { AddressInfo } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import { chainOf } from './bigip-profiles.ts';
import type { ClientSsl, World } from './bigip-world.ts';

/** The virtual servers as they are served: a TLS listener each, with what its profiles say at the moment of the handshake. */
export class Listeners {
  readonly #world: World;
  readonly #servers = new Map<string, Server>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Gives the port. */
  async open(fullPath: string, host: string): Promise<number> {
    const server = createServer({
      SNICallback: (name, done) => done(null, this.#contextFor(fullPath, name)),
    });
    server.on('secureConnection', (socket) => socket.on('error', () => {}));
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    this.#servers.set(fullPath, server);
    return (server.address() as AddressInfo).port;
  }

  /** What is shown to clients that name no server. */
  refresh(): void {
    for (const [fullPath, server] of this.#servers) {
      const chosen = this.#chosen(fullPath, null);
      if (chosen !== undefined) server.setSecureContext(this.#material(chosen));
    }
  }

  #contextFor(fullPath: string, name: string): SecureContext | undefined {
    const chosen = this.#chosen(fullPath, name);
    // the runtime takes one pair only from a context of this kind: for both kinds of key it must be the listener's own
    if (chosen === undefined || chosen === this.#chosen(fullPath, null)) return undefined;
    return createSecureContext(this.#material(chosen));
  }

  #chosen(fullPath: string, name: string | null): ClientSsl | undefined {
    const { virtuals, configuration } = this.#world;
    const profiles = (virtuals.get(fullPath)?.clientSide ?? []).flatMap(
      (path) => configuration.clientSsl.get(path) ?? [],
    );
    const named = profiles.find(({ serverName }) => serverName !== 'none' && matches(serverName, name));
    return named ?? profiles.find(({ sniDefault }) => sniDefault) ?? profiles[0];
  }

  #material(profile: ClientSsl): { cert: string[]; key: string[] } {
    const { certs, keys } = this.#world.configuration;
    const entries = chainOf(this.#world, profile);
    return {
      cert: entries.map(({ cert, chain }) => `${certs.get(cert)?.pem ?? ''}${certs.get(chain)?.pem ?? ''}`),
      key: entries.map(({ key }) => keys.get(key)?.pem ?? ''),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((one) => new Promise((resolve) => one.close(resolve))));
  }
}

function matches(pattern: string, name: string | null): boolean {
  if (name === null) return false;
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name;
}
