import { ipcRenderer } from 'electron';
import { pageOrigin, portMessage, wantPortMessage } from '#shared/page.ts';

/** The few things of the page's world used here; the agent's side of the house has no DOM types. */
declare const window: {
  addEventListener(type: 'message', listener: (event: { source: unknown; data: unknown }) => void): void;
  postMessage(message: string, targetOrigin: string, transfer: readonly unknown[]): void;
};

// One request, one pair of ports; nothing is exposed to the page, not even a function.
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === wantPortMessage) ipcRenderer.send('trustkeep:connect');
});
ipcRenderer.on('trustkeep:port', (event) => window.postMessage(portMessage, pageOrigin, event.ports));
