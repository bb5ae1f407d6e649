import { makeStyles, tokens } from '@fluentui/react-components';
import type { Task } from '#shared/model/task.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { taskShade } from '../../parts/shades.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { taskStateText, taskStepText, taskTitle } from '../tasks/task-text.ts';
import { useLiveTasks } from './use-feed.ts';

const useStyles = makeStyles({
  head: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalM}`,
    overflowWrap: 'anywhere',
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  state: {
    display: 'flex',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
  },
  step: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** Tasks in a narrow list, each with its state and the step it is in. */
export function TaskItems({ tasks, onOpen }: { tasks: readonly Task[]; onOpen: (() => void) | undefined }) {
  const styles = useStyles();
  return (
    <ul className={styles.list} data-tasks>
      {tasks.map((task) => {
        const step = taskStepText(task);
        return (
          <li key={task.id} className={styles.item}>
            <InnerLink place={['tasks', task.id]} onOpen={onOpen}>
              {taskTitle(task)}
            </InnerLink>
            <div className={styles.state}>
              <Level shade={taskShade[task.state]}>{taskStateText(task)}</Level>
              <Time at={task.createdAt} />
            </div>
            {step !== null && task.finishedAt === null && <div className={styles.step}>{step}</div>}
          </li>
        );
      })}
    </ul>
  );
}

const shown = 5;

/** What is in progress now, above what has been told. */
export function LiveTasks({ mine, onOpen }: { mine: boolean; onOpen: (() => void) | undefined }) {
  const styles = useStyles();
  const { data = [] } = useLiveTasks(mine, shown + 1);
  if (data.length === 0) return null;
  return (
    <section aria-label={en.notifications.live}>
      <h3 className={styles.head}>{en.notifications.live}</h3>
      <TaskItems tasks={data.slice(0, shown)} onOpen={onOpen} />
      {data.length > shown && (
        <InnerLink place={['tasks']} onOpen={onOpen}>
          {en.overview.allTasks}
        </InnerLink>
      )}
    </section>
  );
}
