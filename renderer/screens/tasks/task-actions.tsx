import type { Task, TaskState } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { type CommandLine, commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { CancelIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import { canCancel, taskTitle } from './task-text.ts';

/** What is done to several tasks in one go. */
export function useTaskActions(): { actions: readonly BulkAction<Task>[] } {
  const { client } = useBridge();
  const cancel: BulkAction<Task> = {
    id: 'cancel',
    label: en.tasks.cancelMany.label,
    icon: <CancelIcon />,
    title: en.tasks.cancelMany.title,
    text: en.tasks.cancelText,
    can: canCancel,
    name: taskTitle,
    run: (row, signal) => client.tasks.cancel({ task: row.id }, { signal }),
    command: (row) => commandLine('tasks cancel', row.id, {}),
  };
  return { actions: [cancel] };
}

/** The tasks in these states; null: all. */
export function tasksCommand(states: readonly TaskState[] | null): CommandLine {
  return commandLine('tasks list', '', states === null ? {} : { states: states.join(',') });
}
