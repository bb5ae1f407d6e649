import { Failure } from '#shared/failure.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { StepContext, StepTools } from '../steps/step.ts';

/** What a step gets to see of its task. Failures: the endpoint or the node is gone, an earlier result is missing. */
export function stepContext(database: Database, row: TaskRow, tools: StepTools): StepContext {
  const gone = (code: string, sentence: string) => new Failure(code, sentence, { retry: 'never' });
  const endpoint = database.endpoints.get(row.task.endpointId);
  if (endpoint === null)
    throw gone('endpoint.not-found', `The endpoint ${row.task.endpointName} no longer exists.`);
  return {
    task: row.task,
    memory: row.memory,
    endpoint,
    node() {
      const node = row.task.nodeId === null ? null : database.nodes.get(row.task.nodeId);
      if (node === null) throw gone('node.missing', `The node ${row.task.nodeName ?? ''} no longer exists.`);
      return node;
    },
    output(step, schema) {
      if (!(step in row.memory.outputs))
        throw gone('task.damaged', `The result of step ${step} is missing from the database.`);
      return schema.parse(row.memory.outputs[step]);
    },
    tools,
  };
}
