import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useBridge, useLinkState } from '../bridge/context.tsx';
import { go } from '../bridge/location.ts';
import { en } from '../text/en.ts';

/** Said while the agent is away: what is on the screen may be old. */
export function LinkBar() {
  const bridge = useBridge();
  if (useLinkState() !== 'lost') return null;
  return (
    <MessageBar intent="error" shape="square" layout="multiline" politeness="assertive">
      <MessageBarBody>
        <MessageBarTitle>{en.link.lost}</MessageBarTitle>
        {en.link.lostHint}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => bridge.reconnect()}>
          {en.link.again}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** Said while the master key is away: nothing that needs a secret can work. */
export function SecretsBar() {
  const { queries } = useBridge();
  const { data } = useQuery(queries.secrets.state.queryOptions({ input: {} }));
  if (data === undefined || data.state === 'ready') return null;
  return (
    <MessageBar intent="warning" shape="square" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{en.secrets.titles[data.state]}</MessageBarTitle>
        {data.sentence}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => go('settings')}>
          {en.secrets.toSettings}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
