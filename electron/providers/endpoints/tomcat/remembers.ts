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
    family: z.enum(['rsa', 'ecdsa']).nullable().describe('Kind of key'),
  }),
);
