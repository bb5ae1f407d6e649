import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Approval } from '#shared/model/approval.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { Answer } from '../../parts/answer.tsx';
import { absoluteTime } from '../../parts/format.ts';
import { Level } from '../../parts/level.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { approvalShade } from '../../parts/shades.ts';
import { en } from '../../text/en.ts';
import { DecisionBar } from './decision-bar.tsx';

/** The plan to read before saying yes. */
export function ApprovalDetail({ name }: { name: string }) {
  const { queries } = useBridge();
  const query = useQuery(queries.approvals.show.queryOptions({ input: { approval: name } }));
  if (query.data === undefined)
    return (
      <Page title={en.approvals.one} parent={parent}>
        <Answer query={query}>{() => null}</Answer>
      </Page>
    );
  return <Known approval={query.data} />;
}

const parent = { name: en.approvals.title, place: 'approvals' };

function Known({ approval }: { approval: Approval }) {
  const { plan, state, taskId } = approval;
  // A plan that changes under the eyes of its reader is not the one that was read.
  const [seen, setSeen] = useState(plan.fingerprint);
  const same = plan.fingerprint === seen;
  return (
    <Page
      title={en.approvals.detailTitle(plan)}
      parent={parent}
      badge={
        <Level shade={approvalShade[state]} pill>
          {en.approvals.states[state]}
        </Level>
      }
      actions={<Button onClick={() => go('tasks', taskId)}>{en.approvals.openTask}</Button>}
      {...(state === 'pending' && same ? { foot: <DecisionBar key={seen} approval={approval} /> } : {})}
    >
      {state !== 'pending' && <Decided approval={approval} />}
      {!same && (
        <Notice
          intent="warning"
          urgent
          title={en.approvals.changed}
          actions={
            <Button size="small" onClick={() => setSeen(plan.fingerprint)}>
              {en.approvals.readAgain}
            </Button>
          }
        >
          {en.approvals.changedHint}
        </Notice>
      )}
      <PlanView plan={plan} />
    </Page>
  );
}

function Decided({ approval }: { approval: Approval }) {
  const { state, decidedBy, decidedOrigin, decidedAt, comment } = approval;
  return (
    <Notice intent={state === 'approved' ? 'success' : 'info'} title={`${en.approvals.states[state]}.`}>
      {decidedAt !== null && en.approvals.decidedBy(decidedBy, decidedOrigin, absoluteTime(decidedAt))}
      {comment !== null && comment !== '' && ` "${comment}"`}
      {state === 'superseded' && ` ${en.approvals.supersededMeaning}`}
    </Notice>
  );
}
