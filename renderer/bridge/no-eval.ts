/**
 * Runs before anything else is loaded. Schemas are made while modules load, and zod then tries `new Function` once,
 * which the page's content security policy refuses and reports. Its settings live on the global object.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

export {};
