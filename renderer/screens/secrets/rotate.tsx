import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle } from '@fluentui/react-components';
import { useState } from 'react';
import type { KeychainState } from '#shared/contract/agent.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { RenewIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { PassphraseFields, shortestPassphrase, usePassphrase } from '../../parts/passphrase.tsx';
import { en } from '../../text/en.ts';
import { RecoveryKey } from './recovery-key.tsx';

/** Rotates the master key; the new recovery key is shown at once and once, as at the first start. */
export function Rotate({ state }: { state: KeychainState }) {
  const [step, setStep] = useState<'asking' | number | null>(null);
  return (
    <>
      <OpenButton icon={<RenewIcon />} onClick={() => setStep('asking')}>
        {en.secrets.rotate}
      </OpenButton>
      {step === 'asking' && <Asking state={state} onDone={setStep} onClose={() => setStep(null)} />}
      {typeof step === 'number' && <NewRecoveryKey resealed={step} onDone={() => setStep(null)} />}
    </>
  );
}

function Asking(props: { state: KeychainState; onDone(resealed: number): void; onClose(): void }) {
  const { client } = useBridge();
  const asks = props.state.kind === 'passphrase';
  const passphrase = usePassphrase(true);
  const rotate = useCommand(client.secrets.rotate);
  const submit = async (): Promise<void> => {
    const taken = asks ? passphrase.take() : '';
    if (taken === null) return;
    const answer = await rotate.run(asks ? { passphrase: taken } : {});
    if (answer !== undefined) props.onDone(answer.resealed);
  };
  return (
    <FormDialog
      title={en.secrets.rotateTitle}
      submit={rotate.busy ? en.secrets.rotating : en.secrets.rotateYes}
      busy={rotate.busy}
      failure={rotate.failure}
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      <span>{en.secrets.rotateText}</span>
      <strong>{en.secrets.rotateRecovery}</strong>
      {asks && (
        <>
          <span>{en.secrets.rotatePassphrase}</span>
          <PassphraseFields
            passphrase={passphrase}
            twice
            hint={en.secrets.passphraseHint(shortestPassphrase)}
          />
        </>
      )}
      <CommandBox
        line={commandLine('secrets rotate', '', asks ? { passphrase: '?' } : {}, [
          { name: 'passphrase', label: en.secrets.passphrase, help: '', kind: 'secret' },
        ])}
      />
    </FormDialog>
  );
}

/** Stays until the key is written down or put off: no Escape, no click beside it. */
function NewRecoveryKey({ resealed, onDone }: { resealed: number; onDone(): void }) {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{en.secrets.rotatedTitle}</DialogTitle>
          <DialogContent>
            <p style={{ marginTop: 0 }}>{en.secrets.rotated(resealed)}</p>
            <RecoveryKey onDone={onDone} />
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
