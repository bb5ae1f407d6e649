/** Set when building, never when running: the `e2e` build can be driven by tests, the release cannot. */
declare const __E2E__: boolean;

export const isE2E: boolean = typeof __E2E__ !== 'undefined' && __E2E__;
