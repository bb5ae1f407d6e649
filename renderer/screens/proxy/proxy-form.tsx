import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { proxyCatalog } from '#shared/catalog/proxy.ts';
import type { ProxyInput } from '#shared/contract/proxy.ts';
import type { ProxyState } from '#shared/model/proxy.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { RadioControl } from '../../parts/descriptor-form/radio-control.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';
import { keepsPassword, modeField, proxyFields, readProxy, startProxy } from './proxy-values.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** How long a setting may be tried before it goes back. */
const trialSeconds = 60;

/** The setting as it is, to be changed as a whole. */
export function ProxyForm({ state, onSaved }: { state: ProxyState; onSaved(state: ProxyState): void }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [before] = useState(() => startProxy(state));
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const set = useCommand(client.proxy.set);
  const fields = proxyFields(state, values);
  const changed = Object.keys(values).some((name) => values[name] !== before[name]);
  const send = async (more: ProxyInput): Promise<void> => {
    const read = readProxy(state, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const saved = await set.run({ ...read.input, ...more });
    if (saved !== undefined) onSaved(saved);
  };
  const { failure } = set;
  const mayInsist = failure?.about === 'proxy' || failure?.about === 'proxy-login';
  const line = commandLine('proxy set', '', { ...readProxy(state, values).input }, proxyCatalog.fields);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !set.busy) void send({});
      }}
    >
      <FailureBar failure={failure} />
      <DescriptorForm
        fields={fields}
        values={values}
        problems={problems}
        onChange={(next) => {
          set.clear();
          setValues(next);
        }}
        kept={(field) => field.name === 'password' && keepsPassword(state, values)}
        controls={{ [modeField]: (given) => <RadioControl {...given} labels={en.proxy.modes} /> }}
      />
      {changed && <CommandBox line={line} />}
      <div className={styles.buttons}>
        <Button
          type="submit"
          appearance="primary"
          disabled={!changed || set.busy}
          {...(set.busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {set.busy ? en.proxy.saving : en.proxy.save}
        </Button>
        <Button disabled={!changed || set.busy} onClick={() => void send({ confirm: trialSeconds })}>
          {en.proxy.saveTrial(trialSeconds)}
        </Button>
        {mayInsist && (
          <Button disabled={set.busy} onClick={() => void send({ try_first: false })}>
            {en.proxy.saveAnyway}
          </Button>
        )}
        <Button
          appearance="subtle"
          disabled={!changed || set.busy}
          onClick={() => {
            set.clear();
            setProblems({});
            setValues(before);
          }}
        >
          {en.proxy.undo}
        </Button>
      </div>
      {changed && <span className={styles.hint}>{en.proxy.trialHint(trialSeconds)}</span>}
    </form>
  );
}
