import type { Task } from '#shared/model/task.ts';

/** Names what a task keeps on an endpoint: the random part of its id. */
export function tagOf(task: Pick<Task, 'id'>): string {
  return task.id.replace(/^task_/, '');
}
