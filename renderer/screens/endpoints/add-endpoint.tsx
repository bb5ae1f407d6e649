import { Button, Field, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { loginWays } from '#shared/catalog/connections/login.ts';
import { endpointCatalog, usualEndpoint } from '#shared/catalog/endpoints/index.ts';
import type { Field as CatalogField } from '#shared/catalog/field.ts';
import { connectionTypes } from '#shared/model/connection.ts';
import {
  type Endpoint,
  type EndpointType,
  endpointTypes,
  type StoredReport,
} from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Checks } from '../../parts/checks.tsx';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import {
  type FormValues,
  readForm,
  startValues,
  withoutDefaults,
} from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';
import { loginChoice, withoutChoice } from './login-fields.ts';
import { Edit } from './more-actions.tsx';
import { Probing } from './probing.tsx';
import { useLogin } from './use-login.ts';

const useStyles = makeStyles({
  id: { fontFamily: tokens.fontFamilyMonospace },
  types: { display: 'flex', flexWrap: 'wrap' },
});

interface Added {
  endpoint: Endpoint;
  probe: StoredReport;
}

export function AddEndpoint({ onClose }: { onClose(): void }) {
  const { client } = useBridge();
  const [type, setType] = useState<EndpointType>(usualEndpoint.id);
  const [values, setValues] = useState(() => startOf(type));
  const login = useLogin(type, values, { before: null, settings: null });
  const { fields } = login;
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [added, setAdded] = useState<Added | null>(null);
  const authorities = useAuthorityNames();
  const add = useCommand(client.endpoints.add);
  const input = withoutChoice(readForm(fields, values).input);

  const choose = (next: EndpointType): void => {
    setType(next);
    setProblems({});
    setValues({ ...startOf(next), ...shared(values, endpointCatalog[next].fields) });
  };
  const submit = async (): Promise<void> => {
    const read = readForm(fields, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const answer = await add.run({ ...withoutChoice(read.input), type, name: String(read.input.name) });
    if (answer !== undefined) setAdded({ endpoint: answer.endpoint, probe: answer.probe });
  };

  if (added !== null) return <AddedEndpoint added={added} onClose={onClose} />;
  return (
    <FormDialog
      title={en.endpoints.add}
      submit={add.busy ? en.endpoints.adding : en.endpoints.addYes}
      busy={add.busy}
      onCancel={add.cancel}
      {...(add.busy ? { actions: <Probing name={String(input.name)} /> } : {})}
      failure={add.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TypeChoice type={type} onChoose={choose} />
      <DescriptorForm
        key={type}
        fields={fields}
        values={values}
        problems={problems}
        onChange={setValues}
        choices={{ connection_type: connectionTypes, authority: authorities }}
        controls={login.controls}
      />
      <CommandBox line={commandLine('tls add', type, withoutDefaults(fields, input), fields)} />
    </FormDialog>
  );
}

function startOf(type: EndpointType): FormValues {
  return { ...startValues(endpointCatalog[type].fields), [loginChoice]: loginWays[0] };
}

/** What was typed that the other type asks for too. One that is reached in other ways only is logged in to in another way as well. */
function shared(values: FormValues, fields: readonly CatalogField[]) {
  const taken = fields.filter(({ name, choices }) => choices?.includes(String(values[name])) !== false);
  const isReachedSo = taken.some(({ name }) => name === 'connection_type');
  const names = new Set([...(isReachedSo ? [loginChoice] : []), ...taken.map((field) => field.name)]);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

function useAuthorityNames(): string[] {
  const { queries } = useBridge();
  const { data } = useQuery(queries.authorities.list.queryOptions({ input: {} }));
  return (data ?? []).map((one) => one.name);
}

function TypeChoice({ type, onChoose }: { type: EndpointType; onChoose(type: EndpointType): void }) {
  const styles = useStyles();
  return (
    <Field label={en.endpoints.type} hint={endpointCatalog[type].help}>
      <RadioGroup
        layout="horizontal"
        className={styles.types}
        value={type}
        onChange={(_, data) => onChoose(data.value as EndpointType)}
      >
        {endpointTypes.map((one) => (
          <Radio key={one} value={one} label={endpointCatalog[one].label} />
        ))}
      </RadioGroup>
    </Field>
  );
}

/** After adding: the instance id, and what the first look at the endpoint found. */
function AddedEndpoint({ added, onClose }: { added: Added; onClose(): void }) {
  const styles = useStyles();
  const { endpoint, probe } = added;
  const [correcting, setCorrecting] = useState(false);
  const open = (): void => {
    onClose();
    go('endpoints', endpoint.id);
  };
  if (correcting) return <Edit endpoint={endpoint} open onClose={open} />;
  return (
    <FormDialog
      title={en.endpoints.added(endpoint.name)}
      submit={en.endpoints.openNodes}
      closeLabel={en.dialog.close}
      {...(probe.ok
        ? {}
        : { actions: <Button onClick={() => setCorrecting(true)}>{en.endpoints.correct}</Button> })}
      onSubmit={open}
      onClose={onClose}
    >
      <Notice intent={probe.ok ? 'success' : 'error'}>
        {probe.ok ? en.endpoints.addedOk : en.endpoints.addedNotOk} {en.endpoints.instanceId}{' '}
        <span className={styles.id} data-instance-id>
          {endpoint.id}
        </span>
      </Notice>
      <Checks checks={probe.checks} />
    </FormDialog>
  );
}
