import { judgedBy, type Mutation } from '../mutation.ts';

const subjects = 'electron/database/migrations/0004-task-subjects.ts';
const plans = 'electron/database/migrations/0005-plan-of-changes.ts';
const outbox = 'electron/database/migrations/0006-outbox.ts';

/** What an update makes of a store that an older version filled. */
export const migrationMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/database/task-subjects.machine.test.ts', 'test/unit/database/tasks.test.ts'],
    [
      {
        breaks: 'tasks of a node are taken for tasks of the whole endpoint',
        file: subjects,
        find: "iif(node_id IS NULL, 'endpoint', 'node'), coalesce(node_id, endpoint_id),",
        put: "'endpoint', endpoint_id,",
      },
      {
        breaks: 'a node without a name has the name of its endpoint',
        file: subjects,
        find: 'coalesce(node_name, node_id)',
        put: 'coalesce(node_name, endpoint_name)',
      },
      {
        breaks: 'the endpoint of a node is lost, and with it what one task at a time may change',
        file: subjects,
        find: 'iif(node_id IS NULL, NULL, endpoint_id),',
        put: 'NULL,',
      },
      {
        breaks: 'a task of an endpoint is within itself',
        file: subjects,
        find: "iif(node_id IS NULL, NULL, 'endpoint'), iif(node_id IS NULL, NULL, endpoint_id),\n        iif(node_id IS NULL, NULL, endpoint_name),",
        put: "'endpoint', endpoint_id, endpoint_name,",
      },
      {
        breaks: 'tasks of the same millisecond change their order',
        file: subjects,
        find: 'FROM tasks ORDER BY rowid;',
        put: 'FROM tasks ORDER BY id;',
      },
      {
        breaks: 'two tasks for one node can be live',
        file: subjects,
        find: 'CREATE UNIQUE INDEX tasks_live ON tasks (kind, subject_kind, subject_id)',
        put: 'CREATE INDEX tasks_live ON tasks (kind, subject_kind, subject_id)',
      },
      {
        breaks: 'a task that ended keeps its node from ever having another',
        file: subjects,
        find: "\n      WHERE state IN ('queued', 'running', 'waiting');",
        put: ';',
      },
      {
        breaks: 'one order of a server begins two tasks',
        file: subjects,
        find: 'CREATE UNIQUE INDEX tasks_outside',
        put: 'CREATE INDEX tasks_outside',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/database/plan-of-changes.machine.test.ts'],
    [
      {
        breaks: 'what was approved before the update is no longer approved',
        file: plans,
        find: 'fingerprintVersion: 1, ',
        put: 'fingerprintVersion: 3, ',
      },
      {
        breaks: 'a task in progress cannot read its plan after the update',
        file: plans,
        find: '  return planned.success ? {',
        put: '  return planned.success && false ? {',
      },
      {
        breaks: 'a task in progress cannot be undone after the update',
        file: plans,
        find: '  if (kept.success) return',
        put: '  if (kept.success && false) return',
      },
      {
        breaks: 'one row that is not JSON keeps the agent from starting',
        file: plans,
        find: '  } catch {\n    return undefined;',
        put: '  } catch (error) {\n    throw error;',
      },
      {
        breaks: 'only plans that are waiting for approval are brought over',
        file: plans,
        find: "driver.run('UPDATE tasks SET memory = ? WHERE id = ?', [moved(memory, memoryMoved), String(id)]);",
        put: "driver.run('UPDATE tasks SET memory = ? WHERE id = ?', [String(memory), String(id)]);",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/database/outbox.test.ts'],
    [
      {
        breaks: 'a server is told twice how its order ended',
        file: outbox,
        find: 'task_id TEXT NOT NULL UNIQUE',
        put: 'task_id TEXT NOT NULL',
      },
      {
        breaks: 'a result without a server cannot be kept',
        file: outbox,
        find: 'server TEXT, ',
        put: 'server TEXT NOT NULL, ',
      },
    ],
  ),
];
