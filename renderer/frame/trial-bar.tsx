import { Button, makeStyles, ProgressBar, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { after, now } from '../bridge/clock.ts';
import { useBridge } from '../bridge/context.tsx';
import { go } from '../bridge/location.ts';
import { useSeconds } from '../bridge/time.ts';
import { useCommand } from '../bridge/use-command.ts';
import { FailureBar } from '../parts/failure-bar.tsx';
import { Notice } from '../parts/notice.tsx';
import { en } from '../text/en.ts';

const useStyles = makeStyles({
  bar: { flexShrink: 0, backgroundColor: tokens.colorNeutralBackground1 },
});

/** A proxy setting on trial goes back by itself: said above every screen, with the time that is left. */
export function TrialBar() {
  const { queries } = useBridge();
  const { data } = useQuery(queries.proxy.get.queryOptions({ input: {} }));
  const [keptAt, setKeptAt] = useState<number | null>(null);
  const [back, setBack] = useState(false);
  const revertsAt = data?.revertsAt ?? null;
  const last = useRef<number | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = revertsAt;
    // over without somebody's word here, and its time was up: it went back
    if (revertsAt !== null) setBack(false);
    else if (before !== null && before !== keptAt && now() >= before - 1_000) setBack(true);
  }, [revertsAt, keptAt]);
  if (revertsAt !== null) return <Counting revertsAt={revertsAt} onKept={() => setKeptAt(revertsAt)} />;
  if (!back) return null;
  return (
    <Notice
      intent="info"
      square
      title={en.proxy.wentBack}
      actions={
        <Button size="small" onClick={() => setBack(false)}>
          {en.dialog.close}
        </Button>
      }
    >
      {en.proxy.wentBackText}
    </Notice>
  );
}

function Counting({ revertsAt, onKept }: { revertsAt: number; onKept(): void }) {
  const styles = useStyles();
  const { client, queries } = useBridge();
  const query = useQuery(queries.proxy.get.queryOptions({ input: {} }));
  const keep = useCommand(() => client.proxy.confirm({}));
  const now = useSeconds();
  const left = Math.max(0, Math.ceil((revertsAt - now) / 1000));
  const whole = useWhole(revertsAt, left);
  // the agent says when it went back; whoever missed that asks once the time is up
  const { refetch } = query;
  const over = left === 0;
  useEffect(() => {
    if (!over) return;
    const timer = after(1_500, () => void refetch());
    return () => timer.cancel();
  }, [over, refetch]);
  const kept = async (): Promise<void> => {
    onKept();
    await keep.run(undefined);
  };
  return (
    <div className={styles.bar} data-trial={left}>
      <Notice
        intent="warning"
        square
        title={over ? en.proxy.trialOver : en.proxy.trial(left)}
        actions={
          <>
            <Button
              size="small"
              appearance="primary"
              disabled={keep.busy || over}
              onClick={() => void kept()}
            >
              {en.proxy.keep}
            </Button>
            <Button size="small" onClick={() => go('proxy')}>
              {en.proxy.toProxy}
            </Button>
          </>
        }
      >
        {en.proxy.trialText}
      </Notice>
      <FailureBar failure={keep.failure} />
      <ProgressBar
        value={left}
        max={whole}
        color="warning"
        thickness="large"
        shape="square"
        aria-label={en.proxy.trial(left)}
      />
    </div>
  );
}

/** As long as the trial was when this window first saw it. */
function useWhole(revertsAt: number, left: number): number {
  const whole = useRef({ revertsAt, left });
  if (whole.current.revertsAt !== revertsAt) whole.current = { revertsAt, left };
  return Math.max(1, whole.current.left);
}
