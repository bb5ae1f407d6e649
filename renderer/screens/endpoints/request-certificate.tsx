import { Button, Spinner } from '@fluentui/react-components';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { en } from '../../text/en.ts';
import { RequestFields } from './request-fields.tsx';
import { requestCommand } from './request-input.ts';
import { useRequest } from './use-request.ts';

/** Asks for a certificate for one node; the plan can be read first. */
export function RequestCertificate(props: { node: EndpointNode; endpoint: Endpoint; onClose(): void }) {
  const { node, onClose } = props;
  const asked = useRequest(props);
  const { plan, preview, request } = asked;
  const busy = preview.busy || request.busy;
  return (
    <FormDialog
      title={plan === null ? en.request.title(node.name) : en.request.planTitle(node.name)}
      submit={request.busy ? en.request.sending : en.request.send}
      busy={busy}
      failure={request.failure ?? preview.failure}
      onSubmit={() => void asked.send()}
      onClose={onClose}
      actions={
        plan === null ? (
          <Button
            disabled={busy}
            onClick={() => void asked.show()}
            {...(preview.busy ? { icon: <Spinner size="tiny" /> } : {})}
          >
            {preview.busy ? en.request.planning : en.request.preview}
          </Button>
        ) : (
          <Button disabled={busy} onClick={asked.back}>
            {en.dialog.back}
          </Button>
        )
      }
    >
      {plan === null ? (
        <>
          <RequestFields
            form={asked.form}
            problems={asked.problems}
            authorities={asked.authorities}
            onChange={asked.change}
          />
          <CommandBox line={requestCommand(node, asked.input)} />
        </>
      ) : (
        <PlanView plan={plan} />
      )}
    </FormDialog>
  );
}
