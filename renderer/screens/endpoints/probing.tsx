import { makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { now } from '../../bridge/clock.ts';
import { useAgentEvent } from '../../bridge/context.tsx';
import { useSeconds } from '../../bridge/time.ts';
import { checkName } from '../../parts/check-name.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  line: { color: tokens.colorNeutralForeground2, alignSelf: 'center', minHeight: '32px', lineHeight: '32px' },
});

/** What is being checked of an endpoint that is added or changed, and for how long: drawn while it is. */
export function Probing({ name }: { name: string }) {
  const styles = useStyles();
  const [since] = useState(now);
  const [check, setCheck] = useState<string | null>(null);
  const at = useSeconds();
  useAgentEvent((event) => {
    if (event.type === 'probing' && event.name === name) setCheck(event.check);
  });
  const seconds = Math.max(0, Math.round((at - since) / 1000));
  return (
    <span className={styles.line} data-probing>
      <span role="status">
        {check === null ? en.endpoints.adding : en.endpoints.probingNow(checkName(check))}
      </span>
      {' · '}
      {en.endpoints.seconds(seconds)}
    </span>
  );
}
