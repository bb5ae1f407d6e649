import { Button, Spinner, Tooltip } from '@fluentui/react-components';
import { authorityDefinition } from '#shared/model/authority.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { Checks } from '../../parts/checks.tsx';
import { CommandBox } from '../../parts/command-box.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { en } from '../../text/en.ts';
import { RequestFields } from './request-fields.tsx';
import { requestCommand } from './request-input.ts';
import { useRequest } from './use-request.ts';

/** Asks for a certificate for one node; the plan can be read first. */
export function RequestCertificate(props: { node: EndpointNode; endpoint: Endpoint; onClose(): void }) {
  const { node, onClose } = props;
  const asked = useRequest(props);
  const { plan, rehearsed, preview, rehearse, request } = asked;
  const busy = preview.busy || rehearse.busy || request.busy;
  const asking = plan === null && rehearsed === null;
  return (
    <FormDialog
      title={titleOf(asked, node)}
      submit={request.busy ? en.request.sending : en.request.send}
      busy={busy}
      failure={request.failure ?? preview.failure ?? rehearse.failure}
      onSubmit={() => void asked.send()}
      onClose={onClose}
      {...(rehearse.busy ? { onCancel: rehearse.cancel } : {})}
      actions={
        asking ? (
          <Looks asked={asked} busy={busy} />
        ) : (
          <Button disabledFocusable={busy} onClick={asked.back}>
            {en.dialog.back}
          </Button>
        )
      }
    >
      {asking && (
        <>
          <RequestFields
            form={asked.form}
            problems={asked.problems}
            authorities={asked.authorities}
            onChange={asked.change}
          />
          <CommandBox line={requestCommand(node, asked.input)} />
        </>
      )}
      {plan !== null && <PlanView plan={plan} />}
      {rehearsed !== null && <Rehearsed rehearsed={rehearsed} />}
    </FormDialog>
  );
}

type Asked = ReturnType<typeof useRequest>;

function titleOf({ plan, rehearsed }: Asked, { name }: EndpointNode): string {
  if (rehearsed !== null) return en.request.rehearsalTitle(name);
  return plan === null ? en.request.title(name) : en.request.planTitle(name);
}

/** What can be looked at before anything is asked for. */
function Looks({ asked, busy }: { asked: Asked; busy: boolean }) {
  const { preview, rehearse, form, authorities } = asked;
  const authority = authorities.find((one) => one.name === form.authority);
  const testDirectory =
    authority === undefined ? null : authorityDefinition(authority).testDirectory(authority.settings);
  return (
    <>
      <Look
        busy={busy}
        working={preview.busy}
        label={en.request.preview}
        doing={en.request.planning}
        onLook={asked.show}
      />
      {testDirectory !== null && (
        <Look
          busy={busy}
          working={rehearse.busy}
          label={en.request.rehearse}
          hint={en.request.rehearseHint}
          doing={en.request.rehearsing}
          onLook={asked.tryOut}
        />
      )}
    </>
  );
}

function Look(props: {
  busy: boolean;
  working: boolean;
  label: string;
  /** What the label alone does not say. */
  hint?: string;
  doing: string;
  onLook(): Promise<void>;
}) {
  const { busy, working, label, hint, doing, onLook } = props;
  const button = (
    <Button
      disabledFocusable={busy}
      onClick={() => void onLook()}
      {...(working ? { icon: <Spinner size="tiny" /> } : {})}
    >
      {working ? doing : label}
    </Button>
  );
  if (hint === undefined) return button;
  return (
    <Tooltip content={hint} relationship="description">
      {button}
    </Tooltip>
  );
}

function Rehearsed({ rehearsed: { ok, host, checks } }: { rehearsed: NonNullable<Asked['rehearsed']> }) {
  return (
    <>
      <Notice intent={ok ? 'success' : 'error'}>
        {ok ? en.request.rehearsalPassed(host) : en.request.rehearsalFailed(host)}
      </Notice>
      <Checks checks={checks} />
      <span>{en.request.rehearsalLimits}</span>
    </>
  );
}
