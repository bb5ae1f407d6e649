/** Where ports to the agent come from. */
export interface Ports {
  onPort(listener: (port: MessagePort) => void): () => void;
  /** Asks for a port; it arrives by `onPort`, or never. */
  ask(): void;
}

/** The preload posts `trustkeep:port` with one port when the page loads, and again when the page asks. */
export function windowPorts(): Ports {
  return {
    onPort(listener) {
      const heard = (event: MessageEvent): void => {
        const port = event.ports[0];
        if (event.source === window && event.data === 'trustkeep:port' && port) listener(port);
      };
      window.addEventListener('message', heard);
      return () => window.removeEventListener('message', heard);
    },
    ask: () => window.postMessage('trustkeep:want-port', '/'),
  };
}
