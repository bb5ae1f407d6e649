import { Button } from '@fluentui/react-components';
import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';
import { Choose } from './choose.tsx';
import { type FormProps, Frame, Secret } from './secrets-frame.tsx';

/** What a person can do about the master key, in the state it is in. */
export function SecretsForm({ state, onLater }: FormProps) {
  switch (state.state) {
    case 'not-chosen':
      return <Choose state={state} onLater={onLater} />;
    case 'locked':
    case 'unavailable':
      return <Unlock state={state} onLater={onLater} />;
    case 'missing':
    case 'wrong':
      return <Recover state={state} onLater={onLater} />;
    case 'ready':
    case 'opening':
      return null;
    default:
      return state.state satisfies never;
  }
}

/** There, but closed: the passphrase, or the keychain tried again. */
function Unlock({ state, onLater }: FormProps) {
  const { client } = useBridge();
  const [passphrase, setPassphrase] = useState('');
  const asks = state.kind === 'passphrase';
  const unlock = useCommand(client.secrets.unlock);
  const submit = async (): Promise<void> => {
    await unlock.run(asks ? { passphrase } : {});
    setPassphrase('');
  };
  return (
    <Frame
      state={state}
      onLater={onLater}
      submit={asks ? en.secrets.unlock : en.secrets.tryAgain}
      busy={unlock.busy}
      onSubmit={() => void submit()}
    >
      <FailureBar failure={unlock.failure} />
      {asks && <Secret label={en.secrets.passphrase} value={passphrase} onChange={setPassphrase} />}
    </Frame>
  );
}

/** The master key is gone or is another one: the recovery key brings it back. */
function Recover({ state, onLater }: FormProps) {
  const { client } = useBridge();
  const [key, setKey] = useState('');
  const recover = useCommand(client.secrets.recover);
  const unlock = useCommand(client.secrets.unlock);
  const submit = async (): Promise<void> => {
    await recover.run({ recovery_key: key.trim() });
    setKey('');
  };
  return (
    <Frame
      state={state}
      onLater={onLater}
      submit={en.secrets.recover}
      busy={recover.busy}
      onSubmit={() => void submit()}
      more={
        <Button disabled={unlock.busy} onClick={() => void unlock.run({})}>
          {en.secrets.tryAgain}
        </Button>
      }
    >
      <FailureBar failure={recover.failure ?? unlock.failure} />
      <Secret
        label={en.secrets.recoveryKey}
        hint={en.secrets.recoveryKeyHint}
        value={key}
        onChange={setKey}
      />
    </Frame>
  );
}
