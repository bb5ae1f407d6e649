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
  const form = useProxyForm(state, onSaved);
  const { changed, busy, values } = form;
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !busy) form.send({});
      }}
    >
      <FailureBar failure={form.failure} />
      <DescriptorForm
        fields={proxyFields(state, values)}
        values={values}
        problems={form.problems}
        onChange={form.change}
        kept={(field) => field.name === 'password' && keepsPassword(state, values)}
        controls={{ [modeField]: (given) => <RadioControl {...given} labels={en.proxy.modes} /> }}
      />
      {changed && <CommandBox line={form.line} />}
      <Buttons form={form} />
      {changed && <span className={styles.hint}>{en.proxy.trialHint(trialSeconds)}</span>}
    </form>
  );
}

function useProxyForm(state: ProxyState, onSaved: (state: ProxyState) => void) {
  const { client } = useBridge();
  const [before] = useState(() => startProxy(state));
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const set = useCommand(client.proxy.set);
  const send = async (more: ProxyInput): Promise<void> => {
    const read = readProxy(state, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const saved = await set.run({ ...read.input, ...more });
    if (saved !== undefined) onSaved(saved);
  };
  const change = (next: typeof values): void => {
    set.clear();
    setValues(next);
  };
  return {
    values,
    problems,
    changed: Object.keys(values).some((name) => values[name] !== before[name]),
    line: commandLine('proxy set', '', { ...readProxy(state, values).input }, proxyCatalog.fields),
    busy: set.busy,
    failure: set.failure,
    change,
    send: (more: ProxyInput) => void send(more),
    undo: (): void => {
      setProblems({});
      change(before);
    },
  };
}

function Buttons({ form }: { form: ReturnType<typeof useProxyForm> }) {
  const styles = useStyles();
  const { changed, busy, failure, send } = form;
  const mayInsist = failure?.about === 'proxy' || failure?.about === 'proxy-login';
  return (
    <div className={styles.buttons}>
      <Button
        type="submit"
        appearance="primary"
        disabled={!changed || busy}
        {...(busy ? { icon: <Spinner size="tiny" /> } : {})}
      >
        {busy ? en.proxy.saving : en.proxy.save}
      </Button>
      <Button disabled={!changed || busy} onClick={() => send({ confirm: trialSeconds })}>
        {en.proxy.saveTrial(trialSeconds)}
      </Button>
      {mayInsist && (
        <Button disabled={busy} onClick={() => send({ try_first: false })}>
          {en.proxy.saveAnyway}
        </Button>
      )}
      <Button appearance="subtle" disabled={!changed || busy} onClick={form.undo}>
        {en.proxy.undo}
      </Button>
    </div>
  );
}
