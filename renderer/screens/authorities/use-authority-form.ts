import { useState } from 'react';
import { authorityCatalog, usualAuthority } from '#shared/catalog/authorities/index.ts';
import type { Authority, AuthorityKind } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { commandLine } from '../../parts/command-line.ts';
import { changedInput, readForm, startValues, withoutDefaults } from '../../parts/descriptor-form/values.ts';
import { authorityValues } from './authority-text.ts';

/** What is typed into the form of an authority, a new one (null) or one that is there, and sending it. */
export function useAuthorityForm(authority: Authority | null, onClose: () => void) {
  const { client } = useBridge();
  const [kind, setKind] = useState<AuthorityKind>(authority?.kind ?? usualAuthority.id);
  const { fields } = authorityCatalog[kind];
  const [before, setBefore] = useState(() =>
    startValues(fields, authority === null ? {} : authorityValues(authority)),
  );
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const add = useCommand(client.authorities.add);
  const update = useCommand(client.authorities.update);
  const choose = (next: AuthorityKind): void => {
    const start = startValues(authorityCatalog[next].fields);
    setKind(next);
    setBefore(start);
    setValues({ ...start, name: values.name ?? '' });
    setProblems({});
  };
  const submit = async (): Promise<void> => {
    const read = authority === null ? readForm(fields, values) : changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const saved =
      'input' in read
        ? await add.run({ ...read.input, kind, name: String(read.input.name) })
        : await update.run({ authority: authority?.id ?? '', changes: read.changes });
    if (saved === undefined) return;
    onClose();
    go('authorities', saved.id);
  };
  const line =
    authority === null
      ? commandLine('authorities add', kind, withoutDefaults(fields, readForm(fields, values).input), fields)
      : commandLine(
          'authorities update',
          authority.name,
          changedInput(fields, before, values).changes,
          fields,
        );
  const busy = add.busy || update.busy;
  const failure = add.failure ?? update.failure;
  return {
    kind,
    fields,
    values,
    problems,
    line,
    busy,
    failure,
    setValues,
    choose,
    submit: () => void submit(),
  };
}
