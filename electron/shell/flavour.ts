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

/** In the e2e build: public keys of the test, in place of those of a release. Not called in any other. */
export function keysOfTest(argv: readonly string[]): string[] {
  const name = '--e2e-update-key=';
  return argv.filter((word) => word.startsWith(name)).map((word) => word.slice(name.length));
}

/** In the e2e build: the button that a test presses in every box, as soon as it would be shown; null: a person does. */
export function answerOfTest(argv: readonly string[]): number | null {
  const name = '--e2e-answer=';
  const word = argv.find((one) => one.startsWith(name));
  return word === undefined ? null : Number(word.slice(name.length));
}
