/** An address that reaches the listener from here, whichever block answers there. */
export function dialledFor({ host }: { host: string }, dialAddress: string): string {
  const local = isLoopback(dialAddress);
  if (host === '*') return local ? '127.0.0.1' : dialAddress;
  if (host === '::') return local ? '::1' : dialAddress;
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** On the loopback address of another machine: the same address here is not that server. */
export const isOutOfReach = ({ host }: { host: string }, dialAddress: string): boolean =>
  isLoopback(host) && !isLoopback(dialAddress);

/** Addresses that reach a listener on all of them, the nearest first. */
export const wildcardDials = (dialAddress: string): readonly string[] =>
  isLoopback(dialAddress) ? ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] : [dialAddress];

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

/** What may be sent as a server name: a host name, no address. */
export const isSni = (name: string): boolean =>
  /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*$/.test(name) && !/^[0-9.]+$/.test(name);
