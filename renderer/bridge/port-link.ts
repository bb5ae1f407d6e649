import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';

type Link = RPCLink<ClientContext>;

/** One link for the life of the window; the port beneath it may be replaced. Calls wait while there is none. */
export class PortLink implements ClientLink<ClientContext> {
  #current: Link | null = null;
  #waiting: Array<(link: Link) => void> = [];

  use(port: MessagePort): void {
    const link = new RPCLink({ port });
    this.#current = link;
    port.start();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go(link);
  }

  drop(): void {
    this.#current = null;
  }

  async call(
    path: readonly string[],
    input: unknown,
    options: ClientOptions<ClientContext>,
  ): Promise<unknown> {
    const link = this.#current ?? (await new Promise<Link>((resolve) => this.#waiting.push(resolve)));
    return link.call(path, input, options);
  }
}
