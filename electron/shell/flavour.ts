/** Set when building, never when running: the `e2e` build can be driven by tests, the release cannot. */
declare const __E2E__: boolean;

export const isE2E: boolean = typeof __E2E__ !== 'undefined' && __E2E__;

/**
 * In the e2e build under Playwright: until it is attached, which it says by calling this global. A window that is made
 * while it attaches can make it wait for ever.
 */
export function untilDriven(argv: readonly string[]): Promise<void> {
  if (!isE2E || !argv.includes('--remote-debugging-port=0')) return Promise.resolve();
  return new Promise((resolve) => Object.assign(globalThis, { __playwright_run: resolve }));
}
