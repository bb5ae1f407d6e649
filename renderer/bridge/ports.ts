import { portMessage, wantPortMessage } from '#shared/page.ts';

/** Where ports to the agent come from. */
export interface Ports {
  onPort(listener: (port: MessagePort) => void): () => void;
  /** Asks for a port; it arrives by `onPort`, or never. */
  ask(): void;
}

/** One wish, one port: the preload answers each wish of the page with a port of its own. */
export function windowPorts(): Ports {
  return {
    onPort(listener) {
      const heard = (event: MessageEvent): void => {
        const port = event.ports[0];
        if (event.source === window && event.data === portMessage && port) listener(port);
      };
      window.addEventListener('message', heard);
      return () => window.removeEventListener('message', heard);
    },
    ask: () => window.postMessage(wantPortMessage, '/'),
  };
}
