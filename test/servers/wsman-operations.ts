import type { Shells } from './wsman-shells.ts';
import { type Message, spaces, Wrong } from './wsman-soap.ts';

/** Does what a message asks for and gives the body of the answer. Throws `Wrong`. */
export async function carryOut(
  shells: Shells,
  message: Message,
  user: string,
  gone: AbortSignal,
): Promise<string> {
  switch (message.action) {
    case 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Create':
      return shells.create(message, user);
    case 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete':
      return shells.delete(message, user);
    case `${spaces.shell}/Command`:
      return shells.command(message, user);
    case `${spaces.shell}/Send`:
      return shells.send(message, user);
    case `${spaces.shell}/Signal`:
      return shells.signal(message, user);
    case `${spaces.shell}/Receive`: {
      const body = await shells.receive(message, user, gone);
      if (body !== null) return body;
      throw new Wrong(
        'The WS-Management service cannot complete the operation within the time specified in OperationTimeout. ',
        2150858793,
        'w:TimedOut',
      );
    }
    default:
      throw new Wrong('The action is not supported by the service.', 2150858753, 'a:ActionNotSupported');
  }
}
