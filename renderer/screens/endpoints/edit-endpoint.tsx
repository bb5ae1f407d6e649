import { useState } from 'react';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, startValues } from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { reachable } from './add-endpoint.tsx';
import { endpointValues } from './endpoint-text.ts';

/** Changes what a person changed and keeps the rest, secrets above all. */
export function EditEndpoint(props: {
  endpoint: Endpoint;
  authorities: readonly Authority[];
  onClose(): void;
}) {
  const { endpoint, authorities, onClose } = props;
  const { client } = useBridge();
  const { fields } = endpointCatalog[endpoint.type];
  const [before] = useState(() => startValues(fields, endpointValues(endpoint, authorities)));
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const update = useCommand(client.endpoints.update);
  const { changes } = changedInput(fields, before, values);

  const submit = async (): Promise<void> => {
    const read = changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    if (Object.keys(read.changes).length === 0) return onClose();
    const answer = await update.run({ endpoint: endpoint.id, changes: read.changes });
    if (answer !== undefined) onClose();
  };
  return (
    <FormDialog
      title={en.endpoints.editTitle(endpoint.name)}
      submit={update.busy ? en.endpoints.saving : en.dialog.save}
      busy={update.busy}
      failure={update.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <DescriptorForm
        fields={fields}
        values={values}
        problems={problems}
        onChange={setValues}
        editing
        choices={{ connection_type: reachable, authority: authorities.map((one) => one.name) }}
      />
      <CommandBox line={commandLine('tls update', endpoint.name, changes, fields)} />
    </FormDialog>
  );
}
