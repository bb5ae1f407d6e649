import { config } from 'zod';

/**
 * Imported first, before any schema is made: zod otherwise tries `new Function` once, which the page's
 * content security policy refuses and reports.
 */
config({ jitless: true });
