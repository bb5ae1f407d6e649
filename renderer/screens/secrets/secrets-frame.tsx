import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import type { FormEvent, ReactNode } from 'react';
import type { KeychainState } from '#shared/contract/agent.ts';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  sentence: { margin: 0 },
});

export interface FormProps {
  state: KeychainState;
  /** Left out where there is no "later": in the settings. */
  onLater?: (() => void) | undefined;
}

/** The state in one sentence, questions, and the buttons below them. */
export function Frame(
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

export function Secret(props: {
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
