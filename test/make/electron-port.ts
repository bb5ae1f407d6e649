import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type { PortLike } from '../../electron/transport/port.ts';

/** Electron's port hands over events, Node's hands over the bare message. */
export function asElectronPort(port: MessagePort): PortLike {
  const emitter = new EventEmitter();
  port.on('message', (data) => emitter.emit('message', { data }));
  port.on('close', () => emitter.emit('close'));
  return {
    on: (event: 'message' | 'close', listener: (...args: never[]) => void) =>
      emitter.on(event, listener as () => void),
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  } as PortLike;
}
