import { Button, Field, Input, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { KeychainState } from '#shared/contract/agent.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  sentence: { margin: 0 },
  choice: { display: 'block' },
  hint: { display: 'block', color: tokens.colorNeutralForeground3 },
});

interface FormProps {
  state: KeychainState;
  /** Left out where there is no "later": in the settings. */
  onLater?: (() => void) | undefined;
}

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
      return null;
    default:
      return state.state satisfies never;
  }
}

function Frame(
  props: FormProps & {
    submit: string;
    busy: boolean;
    more?: ReactNode;
    onSubmit(): void;
    children?: ReactNode;
  },
) {
  const styles = useStyles();
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    if (!props.busy) props.onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={sent} noValidate>
      <p className={styles.sentence}>{props.state.sentence}</p>
      {props.children}
      <div className={styles.actions}>
        <Button appearance="primary" type="submit" disabled={props.busy}>
          {props.submit}
        </Button>
        {props.more}
        {props.onLater !== undefined && (
          <Button appearance="subtle" onClick={props.onLater}>
            {en.secrets.later}
          </Button>
        )}
      </div>
    </form>
  );
}

const shortest = 12;

/** No keychain on this machine: a person says where the master key is kept. */
function Choose({ state, onLater }: FormProps) {
  const styles = useStyles();
  const { client } = useBridge();
  const [kind, setKind] = useState<'key-file' | 'passphrase'>('key-file');
  const [path, setPath] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<{ first?: string; second?: string }>({});
  const choose = useCommand(client.secrets.choose);
  const submit = async (): Promise<void> => {
    if (kind === 'key-file') {
      await choose.run({ kind, ...(path.trim() === '' ? {} : { path: path.trim() }) });
      return;
    }
    if (passphrase.length < shortest) return setProblem({ first: en.secrets.tooShort(shortest) });
    if (passphrase !== again) return setProblem({ second: en.secrets.notSame });
    setProblem({});
    await choose.run({ kind, passphrase });
    setPassphrase('');
    setAgain('');
  };
  const label = (name: string, meaning: string) => (
    <span className={styles.choice}>
      <strong>{name}</strong>
      <span className={styles.hint}>{meaning}</span>
    </span>
  );
  return (
    <Frame
      state={state}
      onLater={onLater}
      submit={en.secrets.choose}
      busy={choose.busy}
      onSubmit={() => void submit()}
    >
      <FailureBar failure={choose.failure} />
      <RadioGroup
        aria-label={en.secrets.where}
        value={kind}
        onChange={(_, data) => setKind(data.value as 'key-file' | 'passphrase')}
      >
        <Radio value="key-file" label={label(en.secrets.keyFile, en.secrets.keyFileMeaning)} />
        <Radio value="passphrase" label={label(en.secrets.passphrase, en.secrets.passphraseMeaning)} />
      </RadioGroup>
      {kind === 'key-file' ? (
        <Field label={en.secrets.path} hint={en.secrets.pathHint}>
          <Input value={path} spellCheck={false} onChange={(_, data) => setPath(data.value)} />
        </Field>
      ) : (
        <>
          <Secret
            label={en.secrets.passphrase}
            hint={en.secrets.passphraseHint(shortest)}
            problem={problem.first}
            value={passphrase}
            onChange={setPassphrase}
          />
          <Secret label={en.secrets.again} problem={problem.second} value={again} onChange={setAgain} />
        </>
      )}
    </Frame>
  );
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

function Secret(props: {
  label: string;
  hint?: string;
  problem?: string | undefined;
  value: string;
  onChange(value: string): void;
}) {
  return (
    <Field
      label={props.label}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
      {...(props.problem === undefined
        ? {}
        : { validationMessage: props.problem, validationState: 'error' as const })}
    >
      <Input
        type="password"
        autoComplete="off"
        value={props.value}
        onChange={(_, data) => props.onChange(data.value)}
      />
    </Field>
  );
}
