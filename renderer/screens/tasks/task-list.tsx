import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { factsOfTask, liveTaskStates, type Task, type TaskState } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Older } from '../../parts/data-table/older.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { duration } from '../../parts/format.ts';
import { TasksLargeIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { Page } from '../../parts/page.tsx';
import { taskShade } from '../../parts/shades.ts';
import { Soft } from '../../parts/soft.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import { tasksCommand, useTaskActions } from './task-actions.tsx';
import { aboutTask, taskStateText, taskStepText, taskTitle } from './task-text.ts';

const groups = {
  all: null,
  live: liveTaskStates,
  done: ['succeeded', 'succeeded-with-warnings'],
  failed: ['failed', 'cancelled'],
} as const satisfies Record<string, readonly TaskState[] | null>;
type Group = keyof typeof groups;

/** The newest so many first; who wants more asks for as many again. */
const batch = 1000;

function useTasks() {
  const { queries } = useBridge();
  const query = useInfiniteQuery(
    queries.tasks.list.infiniteOptions({
      input: (older: string | null) => ({ limit: batch, ...(older === null ? {} : { older_than: older }) }),
      initialPageParam: null as string | null,
      getNextPageParam: (last: Task[]) => (last.length < batch ? undefined : last.at(-1)?.id),
    }),
  );
  const all = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  return { query, all };
}

export function TaskList() {
  const [group, setGroup] = useState<Group>('all');
  const { query, all } = useTasks();
  const states: readonly TaskState[] | null = groups[group];
  const { actions } = useTaskActions();
  const rows = useMemo(
    () => all.filter((row) => states === null || states.includes(row.state)),
    [all, states],
  );
  return (
    <Page title={en.tasks.title} subtitle={en.tasks.subtitle}>
      <Answer query={query}>
        {() => (
          <DataTable
            label={en.tasks.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['tasks', row.id]}
            order={{ column: 'created', descending: true }}
            list={{
              name: 'tasks',
              refresh: () => query.refetch(),
              command: () => tasksCommand(states),
              actions,
            }}
            tools={
              <Tabs<Group>
                small
                tabs={(Object.keys(groups) as Group[]).map((one) => [one, en.tasks.groups[one]])}
                here={group}
                onChoose={setGroup}
              />
            }
            empty={
              <Empty
                icon={<TasksLargeIcon />}
                title={group === 'all' ? en.tasks.none : en.tasks.noneHere}
                actions={
                  group === 'all' ? (
                    <InnerLink place={['endpoints']}>{en.certificates.toEndpoints}</InnerLink>
                  ) : null
                }
              >
                {group === 'all' ? en.tasks.noneHint : null}
              </Empty>
            }
          />
        )}
      </Answer>
      <Older query={query} rows={all.length} />
    </Page>
  );
}

const columns: Column<Task>[] = [
  {
    id: 'title',
    header: en.tasks.task,
    value: taskTitle,
    text: (row) => `${taskTitle(row)} ${row.id}`,
    cell: (row) => <TaskCell task={row} />,
  },
  {
    id: 'state',
    header: en.tasks.state,
    width: '190px',
    value: taskStateText,
    choice: taskStateText,
    cell: (row) => <Level shade={taskShade[row.state]}>{taskStateText(row)}</Level>,
  },
  {
    id: 'origin',
    header: en.tasks.origin,
    width: '120px',
    wideOnly: true,
    value: (row) => en.tasks.askedBy(row.actor, en.origins[row.origin]),
    choice: (row) => en.tasks.askedBy(row.actor, en.origins[row.origin]),
    cell: (row) => <OriginCell task={row} />,
  },
  {
    id: 'created',
    header: en.tasks.started,
    width: '120px',
    value: (row) => row.createdAt,
    time: true,
  },
  {
    id: 'took',
    header: en.tasks.took,
    width: '96px',
    value: (row) => (row.finishedAt === null ? null : row.finishedAt - row.createdAt),
    cell: (row) => (row.finishedAt === null ? '–' : duration(row.finishedAt - row.createdAt)),
  },
  {
    id: 'kind',
    header: en.tasks.kind,
    width: '150px',
    hidden: true,
    value: (row) => factsOfTask(row).title,
    choice: (row) => factsOfTask(row).title,
  },
  {
    id: 'about',
    header: en.tasks.about,
    width: '150px',
    hidden: true,
    value: aboutTask,
    choice: aboutTask,
  },
  { id: 'id', header: en.tasks.id, width: '190px', hidden: true, value: (row) => row.id },
];

/** Who, and how, below each other as in the audit log. */
function OriginCell({ task }: { task: Task }) {
  const styles = useCellStyles();
  if (task.actor === null) return en.origins[task.origin];
  return (
    <>
      <Soft text={task.actor} />
      <span className={styles.second}>{en.origins[task.origin]}</span>
    </>
  );
}

function TaskCell({ task }: { task: Task }) {
  const styles = useCellStyles();
  const step = taskStepText(task);
  return (
    <>
      <Soft text={taskTitle(task)} />
      {step !== null && <span className={styles.second}>{step}</span>}
    </>
  );
}
