import { portMessage, wantPortMessage } from '#shared/page.ts';

/** Where ports to the agent come from, each with one to the desktop where there is a desktop. */
export interface Ports {
  onPort(listener: (port: MessagePort, requests?: MessagePort) => void): () => void;
  /** Asks for a port; it arrives by `onPort`, or never. */
  ask(): void;
}

/** One request, one pair of ports: the preload answers each request of the page with ports of its own. */
export function windowPorts(): Ports {
  return {
    onPort(listener) {
      const heard = (event: MessageEvent): void => {
        const [port, requests] = event.ports;
        if (event.source === window && event.data === portMessage && port) listener(port, requests);
      };
      window.addEventListener('message', heard);
      return () => window.removeEventListener('message', heard);
    },
    ask: () => window.postMessage(wantPortMessage, '/'),
  };
}
