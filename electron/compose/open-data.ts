import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AgentStatus } from '#shared/contract/agent.ts';
import { Failure } from '#shared/failure.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import { acquireAgentLock } from '../database/agent-lock.ts';
import type { Database } from '../database/database.ts';
import { type GoneAnswer, isGone, refuseGone, settleGone } from '../database/gone-database.ts';
import { openDatabase } from '../database/open.ts';
import { putRestored, stagedPath } from '../database/put-restored.ts';
import type { RowSealer } from '../secrets/envelope.ts';

/** What a person decided about a database that is gone. */
export interface GoneDecision {
  answer: GoneAnswer;
  /** For the audit log of the database that follows. */
  by: Pick<AuditEntry, 'origin' | 'actor'>;
  /** Told once it is carried out. */
  done?: (sentence: string) => void;
}

interface OpenDataOptions {
  dataDirectory: string;
  face: AgentStatus['face'];
  clock: Clock;
  log: Log;
  sealer: RowSealer;
  begins?: boolean | undefined;
  ifGone?: GoneDecision | undefined;
}

/**
 * Takes the data directory for this agent and opens its database, making both at the first start. Throws `agent.already-running`
 * and `database.*`, with the lock released; `database.missing` before anything is made.
 */
export function openData(options: OpenDataOptions): { lock: { release(): void }; database: Database } {
  const { dataDirectory, clock, sealer, begins = true, ifGone } = options;
  const log = options.log.in('database');
  const path = join(dataDirectory, 'trustkeep.db');
  if (!begins && !(ifGone !== undefined && isGone(path))) refuseMissing(path);
  const lock = acquireAgentLock(dataDirectory, options.face);
  try {
    putRestored(path, log);
    if (ifGone === undefined) refuseGone(path);
    const sentence = ifGone === undefined ? null : settleGone(path, ifGone.answer, clock.now());
    const database = openDatabase({ path, clock, log, sealer });
    if (ifGone !== undefined && sentence !== null) record(database, ifGone, sentence, clock.now());
    return { lock, database };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function record(database: Database, { by, done }: GoneDecision, sentence: string, at: number): void {
  database.audit.append({ ...by, at, action: 'agent.recover', subject: null, outcome: 'ok', sentence });
  done?.(sentence);
}

/** It exists, and this account cannot see what is in it: that is told by whoever opens it. */
function isClosed(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.X_OK);
    return false;
  } catch {
    return existsSync(directory);
  }
}

/** Where a database was once, its loss is told instead. */
function refuseMissing(path: string): void {
  if (existsSync(path) || existsSync(stagedPath(path)) || isClosed(dirname(path))) return;
  refuseGone(path);
  throw new Failure('database.missing', `There is no Trustkeep database at ${path}.`, {
    hint: 'Check the data directory (--data-directory, --system). Trustkeep makes one when it runs for the first time, or when the first thing is added. Nothing was made there.',
  });
}
