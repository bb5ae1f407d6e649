import { z } from 'zod';
import { fileFacts, Remembered } from '../common/remembers.ts';

/** What carrying out a plan of a Tomcat needs beside its changes. */
export const tomcatRemembers = new Remembered(
  'tomcat',
  1,
  fileFacts.extend({
    home: z.string().nullable().describe('CATALINA_HOME'),
    base: z.string().describe('CATALINA_BASE'),
    version: z.string().nullable().describe('Tomcat version'),
    unit: z.string().nullable().describe('Service'),
    user: z.string().describe('Tomcat runs as'),
    chainPath: z.string().nullable().describe('Chain file'),
    // null where the certificate is in PEM
    alias: z.string().nullable().default(null).describe('Alias'),
    format: z.string().nullable().default(null).describe('Kind of key store'),
    protectedNow: z.string().nullable().default(null).describe('Protection now'),
    protectedAfter: z.string().nullable().default(null).describe('Protection afterwards'),
    entriesNow: z.string().nullable().default(null).describe('Entries now'),
    entriesAfter: z.string().nullable().default(null).describe('Entries afterwards'),
    family: z.enum(['rsa', 'ecdsa']).nullable().describe('Kind of key'),
  }),
);

/** What a plan without a key store remembers of one. */
export const noStore = {
  ...{ alias: null, format: null, protectedNow: null, protectedAfter: null },
  ...{ entriesNow: null, entriesAfter: null },
};
