import { Button, Input, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Approval } from '#shared/model/approval.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { shortHash } from '../../parts/format.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
  },
  comment: { flexGrow: 1, flexBasis: '200px', minWidth: 0 },
  note: { width: '100%', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
});

/** Yes or no to exactly the plan on the screen: its fingerprint goes with the answer. */
export function DecisionBar({ approval }: { approval: Approval }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [comment, setComment] = useState('');
  const [seen] = useState(approval.plan.fingerprint);
  const decision = {
    approval: approval.id,
    fingerprint: seen,
    ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
  };
  const approve = useCommand(() => client.approvals.approve(decision));
  const reject = useCommand(() => client.approvals.reject(decision));
  const busy = approve.busy || reject.busy;
  const approved = async (): Promise<void> => {
    if ((await approve.run(undefined)) !== undefined) go('tasks', approval.taskId);
  };
  return (
    <div className={styles.stack}>
      <FailureBar failure={approve.failure ?? reject.failure} />
      <div className={styles.bar}>
        <Input
          className={styles.comment}
          value={comment}
          maxLength={1000}
          placeholder={en.approvals.comment}
          aria-label={en.approvals.comment}
          onChange={(_, data) => setComment(data.value)}
        />
        <Button disabled={busy} onClick={() => void reject.run(undefined)}>
          {en.approvals.reject}
        </Button>
        <Button
          appearance="primary"
          disabled={busy}
          onClick={() => void approved()}
          {...(approve.busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {en.approvals.approve}
        </Button>
        <span className={styles.note}>{en.approvals.bound(shortHash(seen))}</span>
      </div>
    </div>
  );
}
