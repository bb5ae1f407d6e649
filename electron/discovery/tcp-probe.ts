import { connect } from 'node:net';
import { systemClock } from '#kit/clock.ts';

/**
 * Whether a TCP connection to `address` (an IP address or a host name, IPv6 without brackets) is accepted within
 * `timeoutMs`. Sends nothing and hangs up at once. Never rejects. Safe concurrently.
 */
export function acceptsConnections(target: {
  address: string;
  port: number;
  timeoutMs: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.address, port: target.port });
    const timer = systemClock.after(target.timeoutMs, () => finish(false));
    function finish(accepted: boolean): void {
      timer.cancel();
      socket.destroy();
      resolve(accepted);
    }
    socket.once('connect', () => finish(true));
    socket.on('error', () => finish(false));
  });
}
