import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { after } from '../../bridge/clock.ts';
import { useBridge, useLinkState } from '../../bridge/context.tsx';
import { toFailure } from '../../bridge/failure.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { DisconnectedIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import { RecoveryKey } from './recovery-key.tsx';
import { SecretsForm } from './secrets-form.tsx';
import { SecretsPage } from './secrets-page.tsx';

const useStyles = makeStyles({
  middle: {
    height: '100%',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground2,
  },
});

/** After this long without an answer the window says what to do. */
const patienceMilliseconds = 6_000;

/** Lets a person in once the agent answers and the master key is there; otherwise says what to do. */
export function Gate({ children }: { children: ReactNode }) {
  const styles = useStyles();
  const { queries } = useBridge();
  const link = useLinkState();
  const [around, setAround] = useState(false);
  const secrets = useQuery(queries.secrets.state.queryOptions({ input: {}, enabled: link === 'connected' }));
  const { data } = secrets;
  // The agent forgets the key once it was shown; the person must still have time to write it down.
  const [recovery, setRecovery] = useState<'not-asked' | 'showing' | 'done'>('not-asked');
  if (recovery === 'not-asked' && data?.recoveryKeyWaiting) setRecovery('showing');
  // Once inside, whoever makes another master key shows its recovery key: nobody's screen is taken away.
  else if (recovery === 'not-asked' && data?.state === 'ready') setRecovery('done');
  if (data === undefined)
    return (
      <main className={styles.middle}>
        {secrets.error === null ? (
          <Waiting />
        ) : (
          <FailureBar failure={toFailure(secrets.error)} onAgain={() => void secrets.refetch()} />
        )}
      </main>
    );
  if (recovery === 'showing')
    return (
      <SecretsPage title={en.secrets.recoveryTitle}>
        <RecoveryKey onDone={() => setRecovery('done')} />
      </SecretsPage>
    );
  if (data.state === 'opening' && !around)
    return (
      <main className={styles.middle}>
        <Spinner label={en.secrets.opening} />
      </main>
    );
  if (data.state !== 'ready' && !around)
    return (
      <SecretsPage title={en.secrets.titles[data.state]}>
        <SecretsForm state={data} onLater={() => setAround(true)} />
      </SecretsPage>
    );
  return <>{children}</>;
}

function Waiting() {
  const bridge = useBridge();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = after(patienceMilliseconds, () => setLong(true));
    return () => timer.cancel();
  }, []);
  if (!long) return <Spinner label={en.link.waiting} />;
  return (
    <Empty
      icon={<DisconnectedIcon />}
      title={en.link.noAnswer}
      actions={<Button onClick={() => bridge.reconnect()}>{en.link.again}</Button>}
    >
      {en.link.noAnswerHint}
    </Empty>
  );
}
