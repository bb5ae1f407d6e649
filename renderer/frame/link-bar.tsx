import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge, useLinkState } from '../bridge/context.tsx';
import { go } from '../bridge/location.ts';
import { Notice } from '../parts/notice.tsx';
import { en } from '../text/en.ts';

/** Said while the agent is away: what is on the screen may be old. */
export function LinkBar() {
  const bridge = useBridge();
  if (useLinkState() !== 'lost') return null;
  return (
    <Notice
      intent="error"
      square
      urgent
      title={en.link.lost}
      actions={
        <Button size="small" onClick={() => bridge.reconnect()}>
          {en.link.again}
        </Button>
      }
    >
      {en.link.lostHint}
    </Notice>
  );
}

/** Said while the master key is away: nothing that needs a secret can work. */
export function SecretsBar() {
  const { queries } = useBridge();
  const { data } = useQuery(queries.secrets.state.queryOptions({ input: {} }));
  if (data === undefined || data.state === 'ready' || data.state === 'opening') return null;
  return (
    <Notice
      intent="warning"
      square
      title={en.secrets.titles[data.state]}
      actions={
        <Button size="small" onClick={() => go('settings')}>
          {en.secrets.toSettings}
        </Button>
      }
    >
      {data.sentence}
    </Notice>
  );
}
