import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { idOf } from '#shared/model/subject.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { StepContext, StepTools } from '../steps/step.ts';

/** What a step gets to see of its task. What the subject is, is looked up when the step asks for it. */
export function stepContext(
  database: Database,
  row: TaskRow,
  seen: StepContext['seen'],
  tools: StepTools,
): StepContext {
  const parsed = new Map<StepName, { schema: unknown; value: unknown }>();
  return {
    task: row.task,
    memory: row.memory,
    endpoint: () => endpointOf(database, row.task),
    node: () => nodeOf(database, row.task),
    output<T>(step: StepName, schema: { parse(value: unknown): T }): T {
      if (!(step in row.memory.outputs))
        throw gone('task.damaged', `The result of step ${step} is missing from the database.`);
      const known = parsed.get(step);
      // a guard and its step ask for the same
      if (known?.schema === schema) return known.value as T;
      const value = schema.parse(row.memory.outputs[step]);
      parsed.set(step, { schema, value });
      return value;
    },
    seen,
    tools,
  };
}

function endpointOf(database: Database, { subject }: Task): Endpoint {
  const id = idOf(subject, 'endpoint');
  const endpoint = id === null ? null : database.endpoints.get(id);
  if (endpoint !== null) return endpoint;
  const { name } = subject.within ?? subject;
  throw gone('endpoint.not-found', `The endpoint ${name} no longer exists.`);
}

function nodeOf(database: Database, { subject }: Task): EndpointNode {
  const id = idOf(subject, 'node');
  const node = id === null ? null : database.nodes.get(id);
  if (node !== null) return node;
  throw gone('node.missing', `The node ${subject.name} no longer exists.`);
}

function gone(code: FailureCode, sentence: string): Failure {
  return new Failure(code, sentence, { retry: 'never' });
}
