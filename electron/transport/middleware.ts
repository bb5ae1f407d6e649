import { ValidationError } from '@orpc/contract';
import { os } from '@orpc/server';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { CommandMeta } from '#shared/contract/base.ts';
import { Failure } from '#shared/failure.ts';
import type { Caller } from '../agent/caller.ts';
import { type Call, type CallSubject, decideCall } from '../agent/policies/callers.ts';
import type { Database } from '../database/database.ts';
import type { AuditNote, AuditPen, CallContext } from './context.ts';
import { toFailure, toLine } from './failures.ts';

interface MiddlewareTools {
  database: Pick<Database, 'audit' | 'transaction' | 'afterCommit' | 'tasks'>;
  clock: Clock;
  log: Log;
  /** Tells a person what a server asks for, once for as long as it is unread. */
  askPerson(sentence: string): void;
}

/**
 * Around every command, whoever called: caller allowed? → (input fits? → handler → output fits?) → audit.
 * What goes wrong leaves as FAILURE with its data; the stack and the cause stay in the log.
 */
export function makeMiddleware(tools: MiddlewareTools) {
  return os
    .$context<CallContext>()
    .$meta<CommandMeta>({})
    .middleware(async ({ context, path, procedure, next }, input) => {
      const command = path.join('.');
      const pen = new Pen(tools, context.caller, command);
      const mutates = procedure['~orpc'].meta.mutates === true;
      try {
        const { origin, actor } = context.caller;
        const call = { command, mutates, origin, actor, subject: callSubject(tools, input) };
        checkAllowed(tools, call, subjectOf(input));
        const result = await next({ context: { audit: pen as AuditPen } });
        if (mutates) pen.finish();
        return result;
      } catch (thrown) {
        const failure = toFailure(thrown, command, input);
        if (failure.code === 'internal') tools.log.error(`${command} failed`, { error: detailsOf(failure) });
        if (mutates) pen.failed(failure, subjectOf(input));
        throw toLine(failure);
      }
    });
}

/** By the policy for callers. What has no plan to approve is told to a person, who does it by hand or leaves it. */
function checkAllowed(tools: MiddlewareTools, call: Call, named: string | null): void {
  const decision = decideCall(call);
  switch (decision.answer) {
    case 'yes':
      return;
    case 'ask':
      if (decision.by === 'approval') return;
      throw leftToPerson(tools, call, named);
    case 'no':
      throw new Failure(
        'command.not-allowed',
        `${call.command} is not allowed for callers of kind ${call.origin}.`,
      );
  }
}

function leftToPerson({ askPerson }: MiddlewareTools, call: Call, named: string | null): Failure {
  const { command, actor } = call;
  const what = named === null ? command : `${command} of ${named}`;
  askPerson(`${actor ?? 'A server'} asks for ${what}. If you want this, do it in Trustkeep.`);
  return new Failure('command.needs-person', `Only a person on this computer can carry out ${command}.`, {
    hint: 'The person has been notified.',
  });
}

/** What the rules ask for: whose task it is. */
function callSubject({ database }: MiddlewareTools, input: unknown): CallSubject | null {
  const id: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'task') : undefined;
  const task = typeof id === 'string' ? database.tasks.get(id)?.task : undefined;
  return task === undefined ? null : { kind: 'task', origin: task.origin, actor: task.actor };
}

function detailsOf(failure: Failure): unknown {
  const { cause } = failure;
  if (cause instanceof ValidationError) {
    // never the data itself: it is what did not fit, and nobody knows what is in it
    return cause.issues.map(({ message, path }) => ({ message, path }));
  }
  return cause instanceof Error ? (cause.stack ?? cause.message) : failure.message;
}

const subjectKeys = [
  ...['endpoint', 'node', 'certificate', 'task', 'approval', 'authority'],
  ...['storename', 'name', 'kind'],
];

/** What the caller named, for the row of a command that failed before its handler knew better. */
function subjectOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null;
  for (const key of subjectKeys) {
    const value: unknown = Reflect.get(input, key);
    if (typeof value === 'string') return value.slice(0, 255);
  }
  return null;
}

class Pen implements AuditPen {
  readonly #tools: MiddlewareTools;
  readonly #caller: Caller;
  readonly #action: string;
  #note: AuditNote | null = null;
  #written = false;

  constructor(tools: MiddlewareTools, caller: Caller, action: string) {
    this.#tools = tools;
    this.#caller = caller;
    this.#action = action;
  }

  note(note: AuditNote): void {
    this.#note = note;
  }

  commit<T>(work: () => T, note: (done: T) => AuditNote): T {
    const { database } = this.#tools;
    return database.transaction(() => {
      // only then, for a rolled back transaction takes its row with it; and first, whatever what follows may throw
      database.afterCommit(() => {
        this.#written = true;
      });
      const result = work();
      if (!this.#written) {
        const said = note(result);
        this.#append(said.outcome ?? 'ok', said);
      }
      return result;
    });
  }

  finish(): void {
    if (this.#written) return;
    const note = this.#note ?? { subject: null, sentence: `${this.#action} was carried out.` };
    this.#append(note.outcome ?? 'ok', note);
    this.#written = true;
  }

  failed(failure: Failure, named: string | null): void {
    if (this.#written) return;
    const refused = failure.retry === 'needs-person' || failure.retry === 'never';
    const outcome = refused && failure.code !== 'internal' ? 'refused' : 'failed';
    try {
      this.#append(outcome, { subject: this.#note?.subject ?? named, sentence: failure.message });
    } catch (error) {
      // the caller is to hear of the first trouble, not of this one
      this.#tools.log.error('an audit row could not be written', { action: this.#action, error });
    }
  }

  #append(outcome: 'ok' | 'failed' | 'refused', note: AuditNote): void {
    this.#tools.database.audit.append({
      at: this.#tools.clock.now(),
      origin: this.#caller.origin,
      actor: this.#caller.actor,
      action: this.#action,
      outcome,
      subject: note.subject,
      sentence: note.sentence,
    });
  }
}
