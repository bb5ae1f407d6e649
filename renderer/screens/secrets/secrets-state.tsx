import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeychainState } from '#shared/contract/agent.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Level, type Shade } from '../../parts/level.tsx';
import { en } from '../../text/en.ts';
import { RecoveryKey } from './recovery-key.tsx';
import { Rotate } from './rotate.tsx';
import { SecretsForm } from './secrets-form.tsx';

/** Where the master key is kept and whether it is there; with what to do when it is not. */
export function SecretsState() {
  const { queries } = useBridge();
  const [showing, setShowing] = useState(false);
  const query = useQuery(queries.secrets.state.queryOptions({ input: {} }));
  return (
    <Answer query={query}>
      {(state) => (
        <>
          <Facts
            facts={[
              [
                en.secrets.state,
                <Level key="l" shade={shadeOf(state.state)}>
                  {en.secrets.states[state.state]}
                </Level>,
              ],
              [en.secrets.where, state.kind === null ? null : en.secrets.kinds[state.kind]],
              [en.secrets.meaning, state.state === 'ready' ? state.sentence : null],
            ]}
          />
          {state.state !== 'ready' && <SecretsForm state={state} />}
          {state.state === 'ready' && !showing && (
            <p style={{ marginBottom: 0 }}>
              <Rotate state={state} />
            </p>
          )}
          {state.recoveryKeyWaiting && !showing && (
            <p>
              {en.secrets.recoveryWaiting}{' '}
              <Button onClick={() => setShowing(true)}>{en.secrets.recoveryTitle}</Button>
            </p>
          )}
          {showing && <RecoveryKey onDone={() => setShowing(false)} />}
        </>
      )}
    </Answer>
  );
}

function shadeOf(state: KeychainState['state']): Shade {
  if (state === 'ready') return 'ok';
  return state === 'opening' ? 'busy' : 'danger';
}
