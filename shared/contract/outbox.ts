import { z } from 'zod';
import { owedResult } from '../model/owed-result.ts';
import { command, nothing } from './base.ts';

/** Results owed to servers. A server sees and acknowledges its own. */
export const outbox = {
  /** Oldest first. */
  list: command
    .meta({ help: 'List results that a server has not acknowledged yet.' })
    .input(z.object({ limit: z.number().int().min(1).max(1000).optional() }).strict())
    .output(z.array(owedResult)),
  /** Forgets a result. Once it is forgotten, and for another server's, `outbox.not-found`. */
  acknowledge: command
    .meta({ help: 'Say that a result has arrived.', mutates: true })
    .input(z.object({ result: z.string().min(1) }).strict())
    .output(nothing),
};
