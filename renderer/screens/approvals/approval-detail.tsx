import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
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
  const approval = query.data;
  return (
    <Page
      title={approval === undefined ? en.approvals.one : en.approvals.detailTitle(approval.plan)}
      parent={{ name: en.approvals.title, place: 'approvals' }}
      badge={
        approval !== undefined && (
          <Level shade={approvalShade[approval.state]} pill>
            {en.approvals.states[approval.state]}
          </Level>
        )
      }
      actions={
        approval !== undefined && (
          <Button onClick={() => go('tasks', approval.taskId)}>{en.approvals.openTask}</Button>
        )
      }
      {...(approval?.state === 'pending'
        ? { foot: <DecisionBar key={approval.plan.fingerprint} approval={approval} /> }
        : {})}
    >
      <Answer query={query}>
        {(found) => (
          <>
            {found.state !== 'pending' && <Decided approval={found} />}
            <PlanView plan={found.plan} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Decided({ approval }: { approval: Approval }) {
  const { state, decidedBy, decidedOrigin, decidedAt, comment } = approval;
  return (
    <Notice intent={state === 'approved' ? 'success' : 'info'} title={en.approvals.states[state]}>
      {decidedAt !== null && en.approvals.decidedBy(decidedBy, decidedOrigin, absoluteTime(decidedAt))}
      {comment !== null && comment !== '' && ` “${comment}”`}
      {state === 'superseded' && ` ${en.approvals.supersededMeaning}`}
    </Notice>
  );
}
