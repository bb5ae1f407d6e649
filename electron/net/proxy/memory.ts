/** What was learnt about proxies. One per proxy setting: another setting needs a new one. */
export interface ProxyMemory {
  /** Ends every kept connection. */
  close(): void;
}

export function makeProxyMemory(): ProxyMemory {
  return { close: () => {} };
}
