import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { idOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { StepContext, StepTools } from '../steps/step.ts';

/** What a step gets to see of its task. What the subject is, is looked up when the step asks for it. */
export function stepContext(
  database: Database,
  row: TaskRow,
  seen: StepContext['seen'],
  tools: StepTools,
): StepContext {
  return {
    task: row.task,
    memory: row.memory,
    endpoint: () => endpointOf(database, row.task),
    node: () => nodeOf(database, row.task),
    output(step, schema) {
      if (!(step in row.memory.outputs))
        throw gone('task.damaged', `The result of step ${step} is missing from the database.`);
      return schema.parse(row.memory.outputs[step]);
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
