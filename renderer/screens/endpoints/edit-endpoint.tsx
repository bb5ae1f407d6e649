import { useState } from 'react';
import { loginWays } from '#shared/catalog/connections/login.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Authority } from '#shared/model/authority.ts';
import { connectionTypes } from '#shared/model/connection.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, type FormValues, startValues } from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { endpointValues } from './endpoint-text.ts';
import { isKeptLogin, loginChanges, loginChoice, wayBefore, wayOf } from './login-fields.ts';
import { Probing } from './probing.tsx';
import { clearableSecrets, isKeptSecret } from './secret-fields.ts';
import { useLogin } from './use-login.ts';

/** Changes what a person changed and keeps the rest, secrets above all. */
export function EditEndpoint(props: {
  endpoint: Endpoint;
  authorities: readonly Authority[];
  stores: readonly CredentialStore[];
  onClose(): void;
}) {
  const { endpoint, authorities, stores, onClose } = props;
  const { client } = useBridge();
  const [before] = useState(() => startOf(endpoint, authorities, stores));
  const [values, setValues] = useState(before);
  const logsIn = wayBefore(endpoint);
  const login = useLogin(endpoint.type, values, { before: logsIn, settings: endpoint.settings });
  const { fields } = login;
  const [problems, setProblems] = useState<Record<string, string>>({});
  const update = useCommand(client.endpoints.update);
  const read = () => {
    const { changes, problems: wrong } = changedInput(fields, before, values);
    return { changes: loginChanges(changes, logsIn, wayOf(values)), problems: wrong };
  };

  const submit = async (): Promise<void> => {
    const { changes, problems: wrong } = read();
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) return;
    if (Object.keys(changes).length === 0) return onClose();
    const answer = await update.run({ endpoint: endpoint.id, changes });
    if (answer !== undefined) onClose();
  };
  return (
    <FormDialog
      title={en.endpoints.editTitle(endpoint.name)}
      submit={update.busy ? en.endpoints.saving : en.dialog.save}
      busy={update.busy}
      onCancel={update.cancel}
      {...(update.busy ? { actions: <Probing name={String(values.name)} /> } : {})}
      failure={update.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <DescriptorForm
        fields={fields}
        values={values}
        problems={problems}
        onChange={setValues}
        kept={(field) => isKeptLogin(field, logsIn) || isKeptSecret(field, endpoint.settings)}
        clearable={clearableSecrets(fields, endpoint.settings)}
        controls={login.controls}
        choices={{ connection_type: connectionTypes, authority: authorities.map((one) => one.name) }}
      />
      <CommandBox line={commandLine('tls update', endpoint.name, read().changes, fields)} />
    </FormDialog>
  );
}

function startOf(
  endpoint: Endpoint,
  authorities: readonly Authority[],
  stores: readonly CredentialStore[],
): FormValues {
  const known = endpointValues(endpoint, authorities, stores);
  const way = known[loginChoice];
  return {
    ...startValues(endpointCatalog[endpoint.type].fields, known),
    [loginChoice]: typeof way === 'string' ? way : loginWays[0],
  };
}
