import type { Router } from '@orpc/server';
import { type MinimalWebsocket, RPCHandler } from '@orpc/server/websocket';
import type { Contract } from '#shared/contract/index.ts';
import type { Caller } from '../agent/caller.ts';
import type { CallContext } from './context.ts';

/** The contract, implemented. */
export type AppRouter = Router<Contract, CallContext>;

/** A message port as Electron's main process has it (`MessagePortMain`); Node's own fits through `nodePort`. */
export interface PortLike {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** The contract's largest honest message is a trust root of some kilobytes. */
const longestMessage = 1024 * 1024;

/**
 * Serves the contract over a message port until it closes; calls and streams still open then end.
 * The caller is fixed here: whoever holds the other end speaks as `caller`. The other end may be a page that went
 * wrong: a message that is none of the contract's closes the port and hurts nobody else.
 */
export function attachPort(router: AppRouter, port: PortLike, caller: Caller): void {
  const handler = new RPCHandler<CallContext>(router);
  let open = true;
  // The message-port adapter of the library drops the promise of each message, and with it what a page can break.
  // Its sibling for sockets speaks the same protocol and gives the promise back.
  const line: Pick<MinimalWebsocket, 'send'> = {
    send: (message) => {
      if (open) port.postMessage(message);
    },
  };
  const end = (): void => {
    open = false;
    handler.close(line as MinimalWebsocket);
  };
  port.on('close', end);
  port.on('message', ({ data }) => {
    if (!open) return;
    if (typeof data !== 'string' || data.length > longestMessage) {
      end();
      port.close();
      return;
    }
    handler.message(line as MinimalWebsocket, data, { context: { caller } }).catch(() => {
      end();
      port.close();
    });
  });
  port.start();
}
