import type { IpcMain, IpcMainEvent, MessageChannelMain, MessagePortMain, WebContents } from 'electron';
import type { Log } from '#kit/log.ts';
import { pageOrigin } from '#shared/page.ts';
import { originOf } from './permissions.ts';

interface Parts {
  ipcMain: IpcMain;
  makeChannel(): MessageChannelMain;
  /** The page of our window; null while there is none. */
  ourPage(): WebContents | null;
  /** Gets the main process' end of the port that speaks the contract. */
  accept(port: MessagePortMain): void;
  /** Gets the main process' end of the port that takes requests. */
  hear(port: MessagePortMain): void;
  log: Log;
}

/** The only channel there is: our page asks, and gets a port over which it speaks the contract and one for requests. */
export function handOverPorts(parts: Parts): void {
  parts.ipcMain.on('trustkeep:connect', (event) => {
    const frame = event.senderFrame;
    if (frame === null || !isOurPage(event, parts.ourPage())) {
      parts.log.warn('a stranger asked for the port', { from: frame === null ? null : originOf(frame.url) });
      return;
    }
    const contract = parts.makeChannel();
    const requests = parts.makeChannel();
    frame.postMessage('trustkeep:port', null, [contract.port2, requests.port2]);
    parts.accept(contract.port1);
    parts.hear(requests.port1);
  });
}

type Sender = Pick<IpcMainEvent, 'sender' | 'senderFrame'>;

/**
 * The main frame of our window, showing our origin. A frame may be gone by the time its message is read.
 * @internal
 */
export function isOurPage(event: Sender, page: WebContents | null): boolean {
  const frame = event.senderFrame;
  if (page === null || frame === null || event.sender !== page) return false;
  return frame === page.mainFrame && originOf(frame.url) === pageOrigin;
}
