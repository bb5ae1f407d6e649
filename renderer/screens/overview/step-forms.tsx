import { Button, Input, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { agentFields } from '#shared/catalog/settings.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { en } from '../../text/en.ts';
import { AuthorityForm } from '../forms.ts';

const words = en.firstSteps;

/** Where the master key is kept is asked at the start, before any screen; here is the way back to it. */
export function SecretsStep() {
  return <Button onClick={() => go('settings')}>{en.secrets.toSettings}</Button>;
}

const [nameField] = agentFields;

export function NameStep({ onDone }: { onDone(): void }) {
  const { client } = useBridge();
  const [name, setName] = useState('');
  const save = useCommand(client.settings.set);
  const submit = async (): Promise<void> => {
    if ((await save.run({ agent_name: name.trim() })) !== undefined) onDone();
  };
  return (
    <form
      style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: '8px' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !save.busy) void submit();
      }}
    >
      <Input
        aria-label={nameField.label}
        placeholder={nameField.label}
        value={name}
        maxLength={nameField.max}
        data-field={nameField.name}
        onChange={(_, data) => setName(data.value)}
      />
      <Button
        type="submit"
        disabledFocusable={name.trim() === '' || save.busy}
        {...(save.busy ? { icon: <Spinner size="tiny" /> } : {})}
      >
        {en.dialog.save}
      </Button>
      <FailureBar failure={save.failure} />
    </form>
  );
}

export function OutboundStep({ onKeep }: { onKeep(): void }) {
  return (
    <>
      <Button onClick={onKeep}>{words.direct}</Button>
      <Button onClick={() => go('proxy')}>{words.proxy}</Button>
    </>
  );
}

/** The built-in one is there; another is asked for by its form. */
export function AuthorityStep({ onKeep }: { onKeep(): void }) {
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} })).data;
  const local = authorities?.find(({ isDefault }) => isDefault);
  return (
    <>
      <OpenButton onClick={() => setAdding(true)}>{`${en.authorities.add}…`}</OpenButton>
      {local !== undefined && <Button onClick={onKeep}>{words.builtIn(local.name)}</Button>}
      {adding && <AuthorityForm authority={null} onClose={() => setAdding(false)} />}
    </>
  );
}
