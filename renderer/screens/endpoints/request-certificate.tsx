import { Button, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { en } from '../../text/en.ts';
import { RequestFields } from './request-fields.tsx';
import {
  type RequestForm,
  requestableNames,
  requestCommand,
  requestInput,
  requestProblems,
} from './request-input.ts';

/** Asks for a certificate for one node; the plan can be read first. */
export function RequestCertificate(props: { node: EndpointNode; endpoint: Endpoint; onClose(): void }) {
  const { node, endpoint, onClose } = props;
  const { client, queries } = useBridge();
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} })).data ?? [];
  const [typed, setTyped] = useState<Partial<RequestForm>>({});
  const [problems, setProblems] = useState<ReturnType<typeof requestProblems>>({});
  const [plan, setPlan] = useState<Plan | null>(null);
  const preview = useCommand(client.certificates.preview);
  const request = useCommand(client.certificates.request);

  const preferred =
    authorities.find((one) => one.id === endpoint.policy.authorityId) ??
    authorities.find((one) => one.isDefault);
  const form: RequestForm = {
    names: requestableNames(node).join('\n'),
    authority: preferred?.name ?? '',
    keyType: endpoint.policy.keyType ?? 'ec-p256',
    keyPlace: '',
    profile: '',
    days: '',
    ...typed,
  };
  const input = requestInput(node.id, form);

  const checked = (): boolean => {
    const found = requestProblems(form, { noNames: en.request.noNames, days: en.request.daysWrong });
    setProblems(found);
    return Object.keys(found).length === 0;
  };
  const show = async (): Promise<void> => {
    if (!checked()) return;
    setPlan((await preview.run(input)) ?? null);
  };
  const send = async (): Promise<void> => {
    if (!checked()) return;
    const answer = await request.run(input);
    if (answer === undefined) return;
    onClose();
    go('tasks', answer.taskId);
  };
  const busy = preview.busy || request.busy;
  return (
    <FormDialog
      title={plan === null ? en.request.title(node.name) : en.request.planTitle(node.name)}
      submit={request.busy ? en.request.sending : en.request.send}
      busy={busy}
      failure={request.failure ?? preview.failure}
      onSubmit={() => void send()}
      onClose={onClose}
      actions={
        plan === null ? (
          <Button
            disabled={busy}
            onClick={() => void show()}
            {...(preview.busy ? { icon: <Spinner size="tiny" /> } : {})}
          >
            {preview.busy ? en.request.planning : en.request.preview}
          </Button>
        ) : (
          <Button disabled={busy} onClick={() => setPlan(null)}>
            {en.dialog.back}
          </Button>
        )
      }
    >
      {plan === null ? (
        <>
          <RequestFields
            form={form}
            problems={problems}
            authorities={authorities}
            onChange={(change) => setTyped({ ...typed, ...change })}
          />
          <CommandBox line={requestCommand(node, input)} />
        </>
      ) : (
        <PlanView plan={plan} />
      )}
    </FormDialog>
  );
}
