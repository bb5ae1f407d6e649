import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { autoupdateCatalog } from '#shared/catalog/autoupdate.ts';
import type { AutoupdateInput } from '#shared/contract/autoupdate.ts';
import type { AutoupdateSettings } from '#shared/model/update.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, type FormValues, startValues } from '../../parts/descriptor-form/values.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';

const { fields } = autoupdateCatalog;

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  buttons: { display: 'flex', gap: tokens.spacingHorizontalS },
});

/** When updates are installed, and where they come from. */
export function AutoupdateForm({ settings }: { settings: AutoupdateSettings }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [before] = useState<FormValues>(() =>
    startValues(fields, { ...settings, feed: settings.feed ?? 'default' }),
  );
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const set = useCommand(client.autoupdate.set);
  const input = inputOf(before, values);
  const changed = Object.keys(input).length > 0;
  const submit = (): void => {
    const read = changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length === 0) void set.run(input);
  };
  const undo = (): void => {
    set.clear();
    setValues(before);
    setProblems({});
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !set.busy) submit();
      }}
    >
      <FailureBar failure={set.failure} />
      <DescriptorForm fields={fields} values={values} problems={problems} onChange={setValues} />
      {changed && <CommandBox line={commandLine('autoupdate set', '', { ...input }, fields)} />}
      <div className={styles.buttons}>
        <Button
          type="submit"
          appearance="primary"
          disabled={!changed || set.busy}
          {...(set.busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {en.dialog.save}
        </Button>
        <Button disabled={!changed || set.busy} onClick={undo}>
          {en.settings.undo}
        </Button>
      </div>
    </form>
  );
}

/** An emptied field goes back to what it is by default. */
function inputOf(before: FormValues, values: FormValues): AutoupdateInput {
  const { changes } = changedInput(fields, before, values);
  const byDefault = new Map(fields.map((field) => [field.name, field.default]));
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [name, value ?? byDefault.get(name)]),
  );
}
