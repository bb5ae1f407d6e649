import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { duration } from '../../parts/format.ts';
import { Hash } from '../../parts/hash.tsx';
import { Level } from '../../parts/level.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { Section } from '../../parts/section.tsx';
import { taskShade } from '../../parts/shades.ts';
import { Steps } from '../../parts/steps.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { subjectFacts } from './subject-facts.tsx';
import { canCancel, taskStateText, taskTitle } from './task-text.ts';

export function TaskDetail({ taskId }: { taskId: string }) {
  const { queries } = useBridge();
  const query = useQuery(queries.tasks.show.queryOptions({ input: { task: taskId } }));
  const task = query.data?.task;
  return (
    <Page
      title={task === undefined ? en.tasks.one : taskTitle(task)}
      parent={{ name: en.tasks.title, place: 'tasks' }}
      badge={
        task !== undefined && (
          <Level shade={taskShade[task.state]} pill>
            {taskStateText(task)}
          </Level>
        )
      }
      actions={task !== undefined && <TaskActions task={task} />}
    >
      <Answer query={query}>{(answer) => <TaskBody task={answer.task} plan={answer.plan} />}</Answer>
    </Page>
  );
}

function TaskActions({ task }: { task: Task }) {
  const { client } = useBridge();
  const [asking, setAsking] = useState(false);
  const cancel = useCommand(() => client.tasks.cancel({ task: task.id }));
  if (!canCancel(task)) return null;
  const cancelled = async (): Promise<void> => {
    if ((await cancel.run(undefined)) !== undefined) setAsking(false);
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{en.tasks.cancel}</Button>
      <Confirm
        open={asking}
        title={en.tasks.cancelTitle}
        yes={en.tasks.cancel}
        busy={cancel.busy}
        failure={cancel.failure}
        onYes={() => void cancelled()}
        onClose={() => setAsking(false)}
      >
        {en.tasks.cancelText}
      </Confirm>
    </>
  );
}

function TaskBody({ task, plan }: { task: Task; plan: Plan | null }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {task.state === 'cancelled' ? (
        task.failure !== null && <Notice intent="info" title={task.failure.sentence} />
      ) : (
        <FailureBar failure={task.failure} />
      )}
      <Restored task={task} />
      {task.waitingFor === 'approval' && <WaitsForApproval task={task} />}
      <Section title={en.tasks.steps}>
        <Steps steps={task.steps} said={task.failure} />
      </Section>
      <Section title={en.tasks.facts}>
        <Facts
          facts={[
            ...subjectFacts(task.subject),
            [en.tasks.origin, en.tasks.askedBy(task.actor, en.origins[task.origin])],
            [en.tasks.started, <Time key="s" at={task.createdAt} />],
            [en.tasks.took, task.finishedAt === null ? null : duration(task.finishedAt - task.createdAt)],
            [en.tasks.wakes, task.wakeAt === null ? null : <Time key="w" at={task.wakeAt} />],
            [en.tasks.id, <Hash key="i" value={task.id} what={en.tasks.id} whole />],
          ]}
        />
      </Section>
      {plan !== null && (
        <div>
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? en.tasks.hidePlan : en.tasks.showPlan}
          </Button>
        </div>
      )}
      {plan !== null && open && <PlanView plan={plan} />}
    </>
  );
}

/** After a failed install: is the old state back, and is that proved? */
function Restored({ task }: { task: Task }) {
  if (task.restored === null || task.restored === 'not-needed') return null;
  const good = task.restored === 'proved';
  return (
    <Notice intent={good ? 'success' : 'warning'} title={en.tasks.restored[task.restored].title}>
      {en.tasks.restored[task.restored].sentence}
    </Notice>
  );
}

function WaitsForApproval({ task }: { task: Task }) {
  return (
    <Notice
      intent="warning"
      actions={
        <Button size="small" appearance="primary" onClick={() => go('approvals', task.id)}>
          {en.tasks.readPlan}
        </Button>
      }
    >
      {en.tasks.needsApproval}
    </Notice>
  );
}
