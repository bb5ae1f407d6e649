import type { ScreenProps } from '../screen.ts';
import { TaskDetail } from './task-detail.tsx';
import { TaskList } from './task-list.tsx';

export function TasksScreen({ rest }: ScreenProps) {
  return rest[0] === undefined ? <TaskList /> : <TaskDetail key={rest[0]} taskId={rest[0]} />;
}
