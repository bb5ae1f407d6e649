import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { Field } from '#shared/catalog/field.ts';
import type { Settings } from '#shared/model/settings.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, type FormValues, startValues } from '../../parts/descriptor-form/values.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  buttons: { display: 'flex', gap: tokens.spacingHorizontalS },
});

interface SettingsSectionProps {
  title: string;
  icon: ReactElement;
  /** Those of the catalog that this section asks for. */
  fields: readonly Field[];
  /** What must be known before answering. */
  text?: string;
}

/** Some of the settings of the agent, in a form of their own. */
export function SettingsSection({ title, icon, fields, text }: SettingsSectionProps) {
  const { queries } = useBridge();
  const query = useQuery(queries.settings.show.queryOptions({ input: {} }));
  return (
    <Section title={title} icon={icon}>
      {text !== undefined && <p style={{ marginTop: 0 }}>{text}</p>}
      <Answer query={query}>
        {(settings) => (
          // what another section stores leaves alone what is typed here
          <SettingsForm key={keyOf(fields, settings)} fields={fields} settings={settings} />
        )}
      </Answer>
    </Section>
  );
}

const keyOf = (fields: readonly Field[], settings: Settings): string =>
  JSON.stringify(fields.map(({ name }) => Reflect.get(settings, name)));

function SettingsForm({ fields, settings }: { fields: readonly Field[]; settings: Settings }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [before] = useState<FormValues>(() => startValues(fields, settings));
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const save = useCommand(client.settings.set);
  const { changes } = changedInput(fields, before, values);
  const changed = Object.keys(changes).length > 0;
  const submit = async (): Promise<void> => {
    const read = changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length === 0) await save.run(kept(read.changes));
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !save.busy) void submit();
      }}
    >
      <FailureBar failure={save.failure} />
      <DescriptorForm fields={fields} values={values} problems={problems} onChange={setValues} />
      {changed && <CommandBox line={commandLine('settings set', '', kept(changes), fields)} />}
      <div className={styles.buttons}>
        <Button
          type="submit"
          appearance="primary"
          disabled={!changed || save.busy}
          {...(save.busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {en.dialog.save}
        </Button>
        <Button
          disabled={!changed || save.busy}
          onClick={() => {
            setValues(before);
            setProblems({});
          }}
        >
          {en.settings.undo}
        </Button>
      </div>
    </form>
  );
}

/** An emptied interval stays what it was. */
function kept(changes: Readonly<Record<string, unknown>>): Partial<Settings> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
}
