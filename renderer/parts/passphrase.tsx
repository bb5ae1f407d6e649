import { Field } from '@fluentui/react-components';
import { type RefObject, useRef, useState } from 'react';
import { en } from '../text/en.ts';
import { SecretInput } from './secret-input.tsx';

/** As the contract has it. */
export const shortestPassphrase = 12;

interface Passphrase {
  first: RefObject<HTMLInputElement | null>;
  second: RefObject<HTMLInputElement | null>;
  problem: { first?: string; second?: string };
  /** Reads and empties the fields; null when what was typed cannot be used, which is then said at the fields. */
  take(): string | null;
}

/** A passphrase that never gets into the state of the window: it is read from its field at the moment of use. */
export function usePassphrase(twice: boolean): Passphrase {
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<Passphrase['problem']>({});
  const take = (): string | null => {
    const value = first.current?.value ?? '';
    const wrong = problemOf(value, twice ? (second.current?.value ?? '') : value);
    setProblem(wrong);
    if (wrong.first !== undefined) first.current?.focus();
    else if (wrong.second !== undefined) second.current?.focus();
    if (Object.keys(wrong).length > 0) return null;
    for (const input of [first.current, second.current]) if (input !== null) input.value = '';
    return value;
  };
  return { first, second, problem, take };
}

/** @internal */
export function problemOf(first: string, second: string): Passphrase['problem'] {
  if (first.length < shortestPassphrase) return { first: en.secrets.tooShort(shortestPassphrase) };
  return first === second ? {} : { second: en.secrets.notSame };
}

/** Its fields: one, or two for a new one. */
export function PassphraseFields({
  passphrase,
  twice,
  hint,
}: {
  passphrase: Passphrase;
  twice: boolean;
  hint: string;
}) {
  const { first, second, problem } = passphrase;
  return (
    <>
      <Field label={en.secrets.passphrase} hint={hint} required {...said(problem.first)}>
        {(frame) => <SecretInput {...frame} box={first} name="passphrase" />}
      </Field>
      {twice && (
        <Field label={en.secrets.again} required {...said(problem.second)}>
          {(frame) => <SecretInput {...frame} box={second} name="passphrase-again" />}
        </Field>
      )}
    </>
  );
}

function said(problem: string | undefined) {
  return problem === undefined ? {} : { validationMessage: problem, validationState: 'error' as const };
}
