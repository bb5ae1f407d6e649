import { makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { Section } from '../../parts/section.tsx';
import { taskShade } from '../../parts/shades.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { taskStateText, taskTitle } from '../tasks/task-text.ts';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    padding: `${tokens.spacingVerticalSNudge} 0`,
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
});

const latest = 6;

export function Recent() {
  const styles = useStyles();
  const { queries } = useBridge();
  const query = useQuery(queries.tasks.list.queryOptions({ input: { limit: latest } }));
  return (
    <Section
      title={en.overview.recent}
      actions={<InnerLink place={['tasks']}>{en.overview.allTasks}</InnerLink>}
    >
      <Answer query={query}>
        {(tasks) => (
          <>
            {tasks.length === 0 && en.tasks.none}
            <ul className={styles.list}>
              {tasks.map((task) => (
                <li key={task.id} className={styles.item}>
                  <InnerLink place={['tasks', task.id]}>{taskTitle(task)}</InnerLink>
                  <div className={styles.state}>
                    <Level shade={taskShade[task.state]}>{taskStateText(task)}</Level>
                    <Time at={task.createdAt} />
                  </div>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Section>
  );
}
