import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { en } from '../../text/en.ts';
import { type RequestForm, requestableNames, requestInput, requestProblems } from './request-input.ts';

/** A request for a certificate as it is typed, its plan once it was asked for, and sending it. */
export function useRequest(props: { node: EndpointNode; endpoint: Endpoint; onClose(): void }) {
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
    keyType: '',
    keyPlace: '',
    profile: '',
    days: '',
    ...typed,
  };
  const input = requestInput(node.id, form);
  const checked = (): boolean => {
    const found = requestProblems(form, {
      noNames: en.request.noNames,
      blank: en.request.blankInName,
      days: en.request.daysWrong,
    });
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
  const change = (more: Partial<RequestForm>): void => setTyped({ ...typed, ...more });
  const back = (): void => setPlan(null);
  return { authorities, form, input, problems, plan, preview, request, change, show, back, send };
}
