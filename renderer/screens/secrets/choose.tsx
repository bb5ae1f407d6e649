import { Field, Input, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';
import { type FormProps, Frame, Secret } from './secrets-frame.tsx';

const useStyles = makeStyles({
  choice: { display: 'block' },
  hint: { display: 'block', color: tokens.colorNeutralForeground3 },
});

const shortest = 12;

type Place = 'key-file' | 'passphrase';

/** No keychain on this machine: a person says where the master key is kept. */
export function Choose({ state, onLater }: FormProps) {
  const chosen = useChoice();
  const { kind, problem } = chosen;
  return (
    <Frame
      state={state}
      onLater={onLater}
      submit={en.secrets.choose}
      busy={chosen.busy}
      onSubmit={chosen.submit}
    >
      <FailureBar failure={chosen.failure} />
      <PlaceChoice kind={kind} onChange={chosen.setKind} />
      {kind === 'key-file' ? (
        <Field label={en.secrets.path} hint={en.secrets.pathHint}>
          <Input value={chosen.path} spellCheck={false} onChange={(_, data) => chosen.setPath(data.value)} />
        </Field>
      ) : (
        <>
          <Secret
            label={en.secrets.passphrase}
            hint={en.secrets.passphraseHint(shortest)}
            problem={problem.first}
            value={chosen.passphrase}
            onChange={chosen.setPassphrase}
          />
          <Secret
            label={en.secrets.again}
            problem={problem.second}
            value={chosen.again}
            onChange={chosen.setAgain}
          />
        </>
      )}
    </Frame>
  );
}

function useChoice() {
  const { client } = useBridge();
  const [kind, setKind] = useState<Place>('key-file');
  const [path, setPath] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<{ first?: string; second?: string }>({});
  const { run, busy, failure } = useCommand(client.secrets.choose);
  const submit = async (): Promise<void> => {
    if (kind === 'key-file') {
      await run({ kind, ...(path.trim() === '' ? {} : { path: path.trim() }) });
      return;
    }
    if (passphrase.length < shortest) return setProblem({ first: en.secrets.tooShort(shortest) });
    if (passphrase !== again) return setProblem({ second: en.secrets.notSame });
    setProblem({});
    await run({ kind, passphrase });
    setPassphrase('');
    setAgain('');
  };
  return {
    ...{ kind, path, passphrase, again, problem, busy, failure },
    ...{ setKind, setPath, setPassphrase, setAgain },
    submit: () => void submit(),
  };
}

function PlaceChoice({ kind, onChange }: { kind: Place; onChange(kind: Place): void }) {
  const styles = useStyles();
  const label = (name: string, meaning: string) => (
    <span className={styles.choice}>
      <strong>{name}</strong>
      <span className={styles.hint}>{meaning}</span>
    </span>
  );
  return (
    <RadioGroup
      aria-label={en.secrets.where}
      value={kind}
      onChange={(_, data) => onChange(data.value as Place)}
    >
      <Radio value="key-file" label={label(en.secrets.keyFile, en.secrets.keyFileMeaning)} />
      <Radio value="passphrase" label={label(en.secrets.passphrase, en.secrets.passphraseMeaning)} />
    </RadioGroup>
  );
}
