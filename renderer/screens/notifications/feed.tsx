import { Button, makeStyles, Select, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { Empty } from '../../parts/empty.tsx';
import { TasksLargeIcon } from '../../parts/icons.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import { type Filter, filterChoices } from './filter.ts';
import { NotificationList } from './notification-list.tsx';
import { LiveTasks, TaskItems } from './task-items.tsx';
import { useNotifications, useTasks } from './use-feed.ts';

const useStyles = makeStyles({
  tools: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalM,
    flexShrink: 0,
  },
  // its padding would be wider than a narrow panel
  choice: { minWidth: 0, maxWidth: '100%' },
});

type Whose = 'all' | 'mine';

interface FeedProps {
  /** How many are read at a time. */
  batch: number;
  filter?: Filter;
  /** A place is opened: a panel is in its way. */
  onOpen?: () => void;
}

/** Notifications and tasks, of everyone or of who sits here. */
export function NotificationFeed({ batch, filter: first = 'everything', onOpen }: FeedProps) {
  const styles = useStyles();
  const { queries } = useBridge();
  const [whose, setWhose] = useState<Whose>('all');
  const [filter, setFilter] = useState(first);
  const mine = whose === 'mine';
  const count = useQuery(queries.notifications.count.queryOptions({ input: mine ? { mine } : {} }));
  return (
    <>
      <div className={styles.tools}>
        <Tabs<Whose>
          small
          tabs={[
            ['all', en.notifications.whose.all],
            ['mine', en.notifications.whose.mine],
          ]}
          here={whose}
          onChoose={setWhose}
        />
        <Select
          className={styles.choice}
          aria-label={en.notifications.filter}
          value={filter}
          onChange={(_, data) => setFilter(data.value as Filter)}
        >
          {count.data === undefined ? (
            <option value={filter}>{en.notifications.filters[filter]}</option>
          ) : (
            filterChoices(count.data, filter).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))
          )}
        </Select>
      </div>
      {filter === 'tasks' ? (
        <Tasks mine={mine} batch={batch} onOpen={onOpen} />
      ) : (
        <Told filter={filter} mine={mine} batch={batch} onOpen={onOpen} />
      )}
    </>
  );
}

interface RowsProps {
  mine: boolean;
  batch: number;
  onOpen: (() => void) | undefined;
}

function Told({ filter, mine, batch, onOpen }: RowsProps & { filter: Exclude<Filter, 'tasks'> }) {
  const { query, rows } = useNotifications(filter, mine, batch);
  return (
    <>
      {filter === 'everything' && <LiveTasks mine={mine} onOpen={onOpen} />}
      <Answer query={query}>{() => <NotificationList notifications={rows} onOpen={onOpen} />}</Answer>
      <Older query={query} />
    </>
  );
}

function Tasks({ mine, batch, onOpen }: RowsProps) {
  const { query, rows } = useTasks(mine, batch);
  return (
    <>
      <Answer query={query}>
        {() =>
          rows.length === 0 ? (
            <Empty icon={<TasksLargeIcon />} title={en.tasks.noneHere} />
          ) : (
            <TaskItems tasks={rows} onOpen={onOpen} />
          )
        }
      </Answer>
      <Older query={query} />
    </>
  );
}

interface Batches {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

function Older({ query }: { query: Batches }) {
  if (!query.hasNextPage) return null;
  return (
    <div>
      <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {en.notifications.older}
      </Button>
    </div>
  );
}
