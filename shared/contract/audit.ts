import { z } from 'zod';
import { auditEntry, auditVerdict } from '../model/audit.ts';
import { command, nothing } from './base.ts';

export const audit = {
  list: command
    .meta({ cli: 'audit list', help: 'List audit entries, newest first.' })
    .input(
      z
        .object({ before: z.number().int().optional(), limit: z.number().int().min(1).max(1000).optional() })
        .strict(),
    )
    .output(z.array(auditEntry)),
  verify: command
    .meta({ cli: 'audit verify', help: 'Verify the audit chain; names the first bad entry.' })
    .input(nothing)
    .output(auditVerdict),
};
